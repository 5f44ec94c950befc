using System.Text;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Filling a text up to a width in code points.</summary>
internal static class Alignment
{
    /// <summary>A one-character text repeated; nothing for a count below one.</summary>
    public static string Fill(string fill, int count)
    {
        if (count <= 0) return "";
        Budget.ChargeText((long)fill.Length * count);
        return new StringBuilder().Insert(0, fill, count).ToString();
    }

    public static string Left(string text, int width, string fill) => text + Fill(fill, Missing(text, width));

    public static string Right(string text, int width, string fill) => Fill(fill, Missing(text, width)) + text;

    /// <summary>Python's str.center: of an odd rest the right side gets one more where the width is even.</summary>
    public static string Center(string text, int width, string fill)
    {
        var missing = Missing(text, width);
        if (missing <= 0) return text;
        var left = (missing / 2) + (missing & width & 1);
        return Fill(fill, left) + text + Fill(fill, missing - left);
    }

    /// <summary>Zeros between the sign and the rest.</summary>
    public static string Zeros(string text, int width)
    {
        var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + Fill("0", Missing(text, width)) + text[sign..];
    }

    private static int Missing(string text, int width) => width - Strings.Length(text);
}

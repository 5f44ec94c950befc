using System.Text;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>join, within the limits.</summary>
internal static class Joining
{
    public static string Join(string separator, IEnumerable<string> parts)
    {
        var text = new StringBuilder();
        var isFirst = true;
        foreach (var part in parts)
        {
            if (!isFirst) text.Append(separator);
            isFirst = false;
            text.Append(part);
            Budget.ChargeText(separator.Length + part.Length);
            Limits.CheckText(text.Length);
        }

        return text.ToString();
    }
}

using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Attune.Training.Recipes;

/// <summary>Values as one line of YAML that YAML 1.1 and 1.2 readers read alike.</summary>
internal static partial class YamlText
{
    /// <summary>A value of a recipe.</summary>
    public static string Of(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        double number => OfNumber(number),
        string text => OfText(text),
        Enum member => RecipeKey.WordOf(member.GetType(), member.ToString()),
        IReadOnlyDictionary<string, string> map => $"{{{string.Join(", ", map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{OfText(pair.Key)}: {OfText(pair.Value)}"))}}}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Of))}]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A recipe holds no {value.GetType()}.", nameof(value)),
    };

    /// <summary>Without a point, YAML 1.1 takes <c>1e-8</c> for a text.</summary>
    private static string OfNumber(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        var exponent = text.IndexOf('e');
        return exponent < 0 || text.Contains('.') ? text : $"{text[..exponent]}.0{text[exponent..]}";
    }

    private static string OfText(string text)
    {
        if (PlainText().IsMatch(text) && !ReservedWord().IsMatch(text)) return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                < ' ' or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A[A-Za-z_./][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();

    /// <summary>Words and numbers that some reader would not take for text.</summary>
    [GeneratedRegex(@"\A(?:null|true|false|yes|no|on|off|y|n|\.?[0-9].*|\.inf|\.nan)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ReservedWord();
}

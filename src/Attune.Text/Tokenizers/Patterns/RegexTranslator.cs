using System.Globalization;
using System.Text;
using Attune.Text.Unicode;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>
/// Translates a regular expression of Oniguruma (Ruby syntax, over code points) into one of .NET (over UTF-16). Every
/// character and class becomes a set of code points, so that characters above U+FFFF count as one.
/// </summary>
/// <exception cref="FormatException">The expression is malformed, or uses what is not supported; the message says so.</exception>
internal sealed class RegexTranslator
{
    private const int DeepestNesting = 100;
    private const int LongestPattern = 8_192;
    private const int LongestOutput = 1 << 20;
    private const int MostQuantifiers = 3; // on top of each other

    private readonly RegexSource source;
    private readonly StringBuilder output = new();
    private int depth;

    private RegexTranslator(string pattern) => source = new RegexSource(pattern);

    public static string Translate(string pattern)
    {
        if (pattern.Length > LongestPattern) throw new FormatException($"it is longer than {LongestPattern} characters");
        var translator = new RegexTranslator(pattern);
        translator.Alternatives(ignoreCase: false, dotAll: false);
        if (!translator.source.AtEnd) throw new FormatException("a closing parenthesis without an opening one");
        return translator.output.ToString();
    }

    private void Alternatives(bool ignoreCase, bool dotAll)
    {
        if (++depth > DeepestNesting) throw new FormatException($"groups nested deeper than {DeepestNesting}");
        while (!source.AtEnd && source.Peek() != ')')
        {
            if (source.Take('|'))
            {
                output.Append('|');
                continue;
            }

            var start = output.Length;
            if (!source.TakeAll("(?"))
            {
                Atom(ignoreCase, dotAll);
            }
            else if (source.Peek() is not ('i' or 'm' or '-' or 'x'))
            {
                GroupAfterQuestionMark(ignoreCase, dotAll);
            }
            else
            {
                var (i, m) = Options(ignoreCase, dotAll);
                output.Append("(?:");
                if (source.Take(')'))
                {
                    // The options hold to the end of the group around them, alternatives included.
                    Alternatives(i, m);
                    output.Append(')');
                    break;
                }

                source.Next(); // ':'
                Group(i, m);
            }

            Quantifiers(start);
            if (output.Length > LongestOutput) throw new FormatException("it is too large");
        }

        depth--;
    }

    private (bool IgnoreCase, bool DotAll) Options(bool ignoreCase, bool dotAll)
    {
        var on = true;
        while (source.Peek() is not (')' or ':'))
        {
            var option = source.Next();
            if (option == '-') on = false;
            else if (option == 'i') ignoreCase = on;
            else if (option == 'm') dotAll = on; // Ruby's m: the dot matches line breaks too
            else throw new FormatException($"the option {option}");
        }

        return (ignoreCase, dotAll);
    }

    private void Group(bool ignoreCase, bool dotAll)
    {
        Alternatives(ignoreCase, dotAll);
        if (!source.Take(')')) throw new FormatException("a parenthesis that is not closed");
        output.Append(')');
    }

    private void Atom(bool ignoreCase, bool dotAll)
    {
        var c = source.NextCodePoint();
        switch (c)
        {
            case '(':
                output.Append('(');
                Group(ignoreCase, dotAll);
                break;
            case '[':
                Append(RegexClass.Read(source), ignoreCase);
                break;
            case '.':
                output.Append((dotAll ? CodePointSet.All : CodePointSet.Of('\n').Complement()).ToRegex());
                break;
            case '^':
                output.Append(@"(?:\A|(?<=\n)(?!\z))"); // every line, but not after the last line break
                break;
            case '$':
                output.Append(@"(?=\n|\z)");
                break;
            case '*' or '+' or '?':
                throw new FormatException("a quantifier with nothing before it");
            case '\\':
                Escape(ignoreCase);
                break;
            default:
                Append(CodePointSet.Of(c), ignoreCase);
                break;
        }
    }

    private void GroupAfterQuestionMark(bool ignoreCase, bool dotAll)
    {
        string[] kinds = [":", "=", "!", ">", "<=", "<!"];
        if (kinds.FirstOrDefault(source.TakeAll) is { } kind)
        {
            output.Append("(?").Append(kind);
        }
        else if (source.Take('<'))
        {
            output.Append('('); // a name only serves references, which are not supported
            while (source.Next() != '>')
            {
            }
        }
        else
        {
            throw new FormatException($"the group (?{source.Peek()}");
        }

        Group(ignoreCase, dotAll);
    }

    private void Escape(bool ignoreCase)
    {
        var c = source.Peek();
        var anchor = c switch
        {
            'A' => @"\A",
            'z' => @"\z",
            'Z' => @"(?=\n?\z)",
            'G' => @"\G",
            'R' => @"(?:\r\n|[\n-\r\u0085\u2028\u2029])",
            'b' => Boundary("(?:(?<={0})(?!{0})|(?<!{0})(?={0}))"),
            'B' => Boundary("(?:(?<={0})(?={0})|(?<!{0})(?!{0}))"),
            _ => null,
        };
        if (anchor is null)
        {
            Append(RegexClass.Escape(source), ignoreCase);
            return;
        }

        source.Next();
        output.Append(anchor);
    }

    private static string Boundary(string form) =>
        string.Format(CultureInfo.InvariantCulture, form, CodePointSets.Word.ToRegex());

    private void Append(CodePointSet set, bool ignoreCase) => output.Append((ignoreCase ? set.WithAllCases() : set).ToRegex());

    private void Quantifiers(int start)
    {
        for (var count = 0; source.TakeQuantifier() is { } quantifier; count++)
        {
            if (count == MostQuantifiers) throw new FormatException("too many quantifiers on top of each other");
            output.Insert(start, "(?:").Append(')').Append(quantifier);
            if (source.Take('?')) output.Append('?');
            else if (quantifier.Length == 1 && source.Take('+')) output.Insert(start, "(?>").Append(')'); // possessive
        }
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Attune.Text.Templates;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Tests.Templates.Jinja;

/// <summary>Random and damaged templates either render or raise the engine's own error.</summary>
public class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{%-", "-%}", "{{-", "-}}", "{%+", "+%}", " ", "\n", "if ", "else", "elif ", "endif",
        "for ", " in ", "endfor", "set ", "endset", "macro ", "endmacro", "call ", "endcall", "filter ", "endfilter", "with ",
        "endwith", "generation", "endgeneration", "block ", "endblock", "raw", "endraw", "break", "continue", "autoescape ",
        "not ", " and ", " or ", " is ", "loop", "loop.index", "messages", "x", "ns", "namespace(a=1)", "ns.a", "range(3)", "(",
        ")", "[", "]", "{", "}", ",", ":", ".", "|", "~", "+", "-", "*", "/", "//", "%", "**", "=", "==", "<", ">=", "!=", "1",
        "0", "2.5", "1e3", "-1", "'a'", "\"b\"", "'", "\\", "none", "true", "tojson", "join", "map", "select", "'upper'", "sort",
        "groupby", "'role'", "default", "first", "last", "items", "length", "round", "int", "batch(2)", "slice(2)", "replace",
        "split()", "strip()", "format", "'%s'", "'{}'", "upper", "recursive", "caller()", "self", "defined", "string", "mapping",
        "é", "😀", "\0", "\u00a0",
    ];

    [Fact]
    public void Random_templates_render_or_fail_cleanly() => Run(seed: 4, count: 20_000, random =>
        string.Concat(Enumerable.Range(0, 1 + random.Next(25)).Select(_ => Pieces[random.Next(Pieces.Length)])));

    [Fact]
    public void Random_expressions_render_or_fail_cleanly() => Run(seed: 5, count: 20_000, random =>
        "{{ " + string.Join(' ', Enumerable.Range(0, 1 + random.Next(9)).Select(_ => Pieces[38 + random.Next(Pieces.Length - 38)])) + " }}");

    [Fact]
    public void Damaged_snippets_render_or_fail_cleanly()
    {
        var snippets = GoldenRows.Lines(Goldens.Path("templates/snippets.jsonl")).Select(row => (string)row["template"]!).ToArray();
        Run(seed: 6, count: 20_000, random => Damage(snippets[random.Next(snippets.Length)], random));
    }

    [Fact]
    public void Damaged_chat_templates_render_or_fail_cleanly()
    {
        var templates = GoldenChats.Names.Select(name => GoldenChats.Template(name).Source).ToArray();
        Run(seed: 7, count: 600, random => Damage(templates[random.Next(templates.Length)], random));
    }

    [Fact]
    public void Many_more_damaged_templates()
    {
        Goldens.OnlyInFullRun("a million random templates take minutes");
        var snippets = GoldenRows.Lines(Goldens.Path("templates/snippets.jsonl")).Select(row => (string)row["template"]!).ToArray();
        Run(seed: 8, count: 500_000, random => Damage(snippets[random.Next(snippets.Length)], random));
        Run(seed: 9, count: 500_000, random =>
            string.Concat(Enumerable.Range(0, 1 + random.Next(40)).Select(_ => Pieces[random.Next(Pieces.Length)])));
    }

    private static void Run(int seed, int count, Func<Random, string> make)
    {
        var random = new Random(seed);
        var rendered = 0;
        for (var i = 0; i < count; i++)
        {
            var template = make(random);
            try
            {
                JinjaTemplate.Parse(template).Render(Variables(), GoldenRows.Now);
                rendered++;
            }
            catch (JinjaException)
            {
                // The template is wrong, and told so.
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, template {i}: {template}\n{e}");
            }
        }

        Assert.InRange(rendered, 1, count - 1); // both outcomes were seen
    }

    private static JsonObject Variables() => new()
    {
        ["messages"] = new JsonArray(
            new JsonObject { ["role"] = "user", ["content"] = "a" }, new JsonObject { ["role"] = "assistant", ["content"] = "b" }),
        ["x"] = new JsonArray(1, "two", 3.5, null, new JsonArray(), new JsonObject()),
    };

    // A few characters taken out, doubled, or replaced by pieces of template.
    private static string Damage(string template, Random random)
    {
        var text = new StringBuilder(template);
        for (var edits = 1 + random.Next(4); edits > 0 && text.Length > 0; edits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(4), text.Length - at);
            switch (random.Next(4))
            {
                case 0: text.Remove(at, length); break;
                case 1: text.Insert(at, text.ToString(at, length)); break;
                case 2: text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]); break;
                default: text.Insert(random.Next(text.Length), Pieces[random.Next(Pieces.Length)]); break;
            }
        }

        return text.ToString();
    }
}

using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Tests.Templates.Jinja;

public class SandboxTests
{
    // Templates that would run, grow or nest without end, and the kind of error that stops each.
    public static TheoryData<string, string> Hostile => new()
    {
        { "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "OverflowError" },
        { "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", "OverflowError" },
        { "{{ range(100000)|map('string')|join|length * 1 }}{{ 'x' * 100000000 }}", "MemoryError" },
        { "{{ [0] * 10000000 }}", "MemoryError" },
        { "{{ 2 ** 100000 }}", "MemoryError" },
        { "{{ 10 ** 10 ** 10 ** 100 }}", "MemoryError" },
        { "{% set ns = namespace(x=3) %}{% for i in range(40) %}{% set ns.x = ns.x * ns.x %}{% endfor %}", "MemoryError" },
        { "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}", "MemoryError" },
        { "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "MemoryError" },
        { "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}", "MemoryError" },
        { "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson|length }}", "MemoryError" },
        { "{% set ns = namespace(x=(1,), y=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% set ns.y = (ns.y, ns.y) %}{% endfor %}{{ ns.x == ns.y }}", "OverflowError" },
        { "{% set ns = namespace(x=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}", "OverflowError" },
        { "{% set ns = namespace(x=[]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}", "RecursionError" },
        { "{% set ns = namespace(x=[]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}", "RecursionError" },
        { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "RecursionError" },
        { "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}", "RecursionError" },
        { "{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}", "RecursionError" },
        { "{% block a %}{{ self.a() }}{% endblock %}", "RecursionError" },
        { "{{ '%100000000d' % 1 }}", "MemoryError" },
        { "{{ '%.100000000f' % 1 }}", "ValueError" },
        { "{{ '{:100000000}'.format(1) }}", "MemoryError" },
        { "{{ 'a'.center(100000000) }}{{ 'a'.ljust(2000000000) }}", "MemoryError" },
        { "{{ 'a\tb'.expandtabs(1000000000) }}", "MemoryError" },
        { "{{ 'a\nb'|indent(1000000000) }}", "MemoryError" },
        { "{{ [[1]]|tojson(indent=1000000000) }}", "MemoryError" },
        { "{{ ('a' * 100000).replace('a', 'b' * 100000) }}", "MemoryError" },
        { "{{ ('b' * 100000).join('a' * 100000) }}", "MemoryError" },
        { "{{ [1]|batch(2000000000, 0)|list }}", "MemoryError" },
        { "{{ [1]|slice(2000000000, 0)|list }}", "MemoryError" },
        { "{{ (1, 2)[::0] }}", "ValueError" },
        { "{{ 1" + new string('0', 20000) + " }}", "ValueError" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_template_is_stopped(string template, string kind)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var e = Assert.Throws<JinjaException>(() => Render(template));
        Assert.Equal(kind, e.Kind);
        // A second is the most seen on an idle machine; a minute leaves room for a loaded one and still tells work that
        // the budget does not see.
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{1:", "}")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("f(", ")")]
    [InlineData("1 if 1 else ", "")]
    public void Deep_nesting_in_expressions_is_an_error_not_a_crash(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.Throws<JinjaException>(() => Render("{{ " + deep + " }}"));
        var shallow = string.Concat(Enumerable.Repeat(open, 60)) + "1" + string.Concat(Enumerable.Repeat(close, 60));
        if (open is not ("f(" or "{1:")) Render("{{ " + shallow + " }}");
    }

    [Theory]
    [InlineData("+1")]
    [InlineData("~1")]
    [InlineData("|string")]
    [InlineData(".a")]
    [InlineData("[0]")]
    [InlineData(" and 1")]
    [InlineData(" == 1")]
    public void Long_chains_are_an_error_or_render_but_never_crash(string link)
    {
        try
        {
            Render("{{ 1" + string.Concat(Enumerable.Repeat(link, 200_000)) + " }}");
        }
        catch (JinjaException e)
        {
            Assert.Contains(e.Kind, (string[])["RecursionError", "UndefinedError", "TypeError", "TemplateSyntaxError"]);
        }
    }

    [Theory]
    [InlineData("{% if 1 %}", "{% endif %}")]
    [InlineData("{% for a in [1] %}", "{% endfor %}")]
    [InlineData("{% macro f() %}", "{% endmacro %}")]
    [InlineData("{% generation %}", "{% endgeneration %}")]
    public void Deep_nesting_of_blocks_is_an_error_not_a_crash(string open, string close)
    {
        var e = Assert.Throws<JinjaException>(() => Render(
            string.Concat(Enumerable.Repeat(open, 50_000)) + string.Concat(Enumerable.Repeat(close, 50_000))));
        Assert.Equal("TemplateSyntaxError", e.Kind);
    }

    [Fact]
    public void Rendering_works_on_a_thread_with_a_small_stack()
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    Render("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}");
                }
                catch (JinjaException e)
                {
                    failure = e;
                }
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal("RecursionError", Assert.IsType<JinjaException>(failure).Kind);
    }

    [Theory]
    [InlineData("{{ x.GetType() }}")]
    [InlineData("{{ x.Length }}")]
    [InlineData("{{ messages.Count }}")]
    [InlineData("{{ x['GetType'] }}")]
    [InlineData("{{ range.Call }}")]
    [InlineData("{{ ''.__class__.__mro__ }}")]
    public void Nothing_of_NET_or_of_Python_internals_can_be_reached(string template)
    {
        string text;
        try
        {
            text = Render(template);
        }
        catch (JinjaException e)
        {
            Assert.Contains(e.Kind, (string[])["UndefinedError", "SecurityError"]);
            return;
        }

        Assert.Equal("", text);
    }

    private static string Render(string template) => JinjaTemplate.Parse(template)
        .Render(new JsonObject { ["x"] = "text", ["messages"] = new JsonArray() }, GoldenRows.Now).Text;
}

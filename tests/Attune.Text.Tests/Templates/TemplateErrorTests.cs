using System.Text.Json.Nodes;
using Attune.Text.Templates;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Tests.Templates;

public class TemplateErrorTests
{
    [Theory]
    [InlineData("line one\n{% if %}\n{% endif %}", "t.jinja, line 2", "Expected an expression")]
    [InlineData("a\nb\n{{ x|nosuch }}", "t.jinja, line 3", "No filter named 'nosuch'")]
    [InlineData("{% for a in [] %}", "t.jinja, line 1", "endfor")]
    [InlineData("a\n{{ 'open }}", "t.jinja, line 2", "unexpected char")]
    public void A_syntax_error_names_file_and_line(string source, string place, string reason)
    {
        var e = Assert.Throws<AttuneException>(() => ChatTemplate.Parse(source, "t.jinja"));
        Assert.Equal(ExitCode.Model, e.Code);
        Assert.StartsWith(place, e.Message);
        Assert.Contains(reason, e.Message);
    }

    [Theory]
    [InlineData("{% for m in messages %}\n{{ m.content }}\n{{ m.content + 1 }}\n{% endfor %}", "t.jinja, line 3", "can only concatenate str")]
    [InlineData("\n\n{{ nosuch.role }}", "t.jinja, line 3", "'nosuch' is undefined")]
    [InlineData("a\n{{ raise_exception('roles must alternate') }}", "t.jinja, line 2", "refuses the conversation: roles must alternate")]
    [InlineData("a\n{% include 'other' %}", "t.jinja, line 2", "single file")]
    public void A_failing_template_names_file_and_line(string source, string place, string reason)
    {
        var template = ChatTemplate.Parse(source, "t.jinja");
        var e = Assert.Throws<AttuneException>(() => template.Render(Conversation(), RenderOptions.Default));
        Assert.Equal(ExitCode.Model, e.Code);
        Assert.StartsWith(place, e.Message);
        Assert.Contains(reason, e.Message);
        Assert.IsType<JinjaException>(e.InnerException);
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_told()
    {
        var messages = JsonNode.Parse("""[{"role": "user", "content": "\ud800"}]""")!.AsArray();
        var e = Assert.Throws<AttuneException>(() => ChatTemplate.Parse("{{ messages }}", "t.jinja").Render(messages, RenderOptions.Default));
        Assert.Contains("Unicode", e.Message);
    }

    [Fact]
    public void Variables_of_the_caller_win()
    {
        var options = new RenderOptions { AddGenerationPrompt = true, Variables = new Dictionary<string, JsonNode?> { ["add_generation_prompt"] = "mine" } };
        Assert.Equal("mine", ChatTemplate.Parse("{{ add_generation_prompt }}", "t.jinja").Render(Conversation(), options).Text);
    }

    private static JsonArray Conversation() => [new JsonObject { ["role"] = "user", ["content"] = "hello" }];
}

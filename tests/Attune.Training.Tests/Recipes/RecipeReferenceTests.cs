using System.Text.Json.Nodes;
using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

/// <summary>What users read about recipes is made from the records. <c>ATTUNE_UPDATE=1</c> writes it anew.</summary>
public class RecipeReferenceTests
{
    private const string Begin = "<!-- keys: made from the code -->\n";
    private const string End = "<!-- end of keys -->\n";

    public static TheoryData<string> Pages => [RecipeKind.Tuning.Page, RecipeKind.Pretraining.Page];

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_schema_for_editors_fits_the_records(string page) =>
        AssertUpToDate(Path.ChangeExtension(page, ".schema.json"), _ => RecipeSchema.Generate(KindOf(page)));

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_page_of_all_keys_fits_the_records(string page) => AssertUpToDate(page, text =>
        text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + "\n" + RecipePage.Tables(KindOf(page)) + text[text.IndexOf(End, StringComparison.Ordinal)..]);

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_schema_knows_every_key_with_its_meaning_and_no_other(string page)
    {
        var kind = KindOf(page);
        var schema = JsonNode.Parse(RecipeSchema.Generate(kind))!;
        var found = Keys(kind, schema, "").ToList();
        Assert.Equal(kind.Keys.Select(key => key.Path), found);
    }

    [Fact]
    public void The_example_of_the_page_loads()
    {
        var page = File.ReadAllText(Path.Combine(ProjectFiles.Root(), "docs/recipe.md"));
        var example = page.Split("```yaml\n")[1].Split("```")[0];
        Assert.Equal("support", RecipeLoader.Parse(example, "docs/recipe.md").Value.Name);
    }

    [Fact]
    public void The_example_of_the_pretraining_page_loads()
    {
        var page = File.ReadAllText(Path.Combine(ProjectFiles.Root(), "docs/pretrain-recipe.md"));
        var example = page.Split("```yaml\n")[1].Split("```")[0];
        Assert.Equal("letters", RecipeLoader.Parse(RecipeKind.Pretraining, example, "docs/pretrain-recipe.md").Value.Name);
    }

    private static RecipeKind KindOf(string page) => page == RecipeKind.Tuning.Page ? RecipeKind.Tuning : RecipeKind.Pretraining;

    private static IEnumerable<string> Keys(RecipeKind kind, JsonNode schema, string prefix)
    {
        var section = schema["properties"] is null ? schema["anyOf"]![0]! : schema;
        Assert.False((bool)section["additionalProperties"]!);
        foreach (var (name, value) in section["properties"]!.AsObject())
        {
            Assert.False(string.IsNullOrEmpty((string?)value!["description"]), prefix + name);
            if (kind.ByPath.ContainsKey(prefix + name)) yield return prefix + name;
            else foreach (var key in Keys(kind, value, $"{prefix}{name}.")) yield return key;
        }
    }

    private static void AssertUpToDate(string file, Func<string, string> generate)
    {
        var path = Path.Combine(ProjectFiles.Root(), file);
        var committed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        var generated = generate(committed).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("ATTUNE_UPDATE") == "1") File.WriteAllText(path, generated);
        else Assert.True(generated == committed, $"{file} no longer fits the records; run this test with ATTUNE_UPDATE=1 and commit the file.");
    }
}

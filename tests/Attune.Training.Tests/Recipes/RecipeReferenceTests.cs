using System.Text.Json.Nodes;
using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

/// <summary>What users read about recipes is made from the records. <c>ATTUNE_UPDATE=1</c> writes it anew.</summary>
public class RecipeReferenceTests
{
    private const string Begin = "<!-- keys: made from the code -->\n";
    private const string End = "<!-- end of keys -->\n";

    [Fact]
    public void The_schema_for_editors_fits_the_records() => AssertUpToDate("docs/recipe.schema.json", _ => RecipeSchema.Generate());

    [Fact]
    public void The_page_of_all_keys_fits_the_records() => AssertUpToDate("docs/recipe.md", page =>
        page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + "\n" + RecipePage.Tables() + page[page.IndexOf(End, StringComparison.Ordinal)..]);

    [Fact]
    public void The_schema_knows_every_key_with_its_meaning_and_no_other()
    {
        var schema = JsonNode.Parse(RecipeSchema.Generate())!;
        var found = Keys(schema, "").ToList();
        Assert.Equal(RecipeKey.All.Select(key => key.Path), found);
    }

    [Fact]
    public void The_example_of_the_page_loads()
    {
        var page = File.ReadAllText(Path.Combine(ProjectFiles.Root(), "docs/recipe.md"));
        var example = page.Split("```yaml\n")[1].Split("```")[0];
        Assert.Equal("support", RecipeLoader.Parse(example, "docs/recipe.md").Value.Name);
    }

    private static IEnumerable<string> Keys(JsonNode schema, string prefix)
    {
        var section = schema["properties"] is null ? schema["anyOf"]![0]! : schema;
        Assert.False((bool)section["additionalProperties"]!);
        foreach (var (name, value) in section["properties"]!.AsObject())
        {
            Assert.False(string.IsNullOrEmpty((string?)value!["description"]), prefix + name);
            if (RecipeKey.ByPath.ContainsKey(prefix + name)) yield return prefix + name;
            else foreach (var key in Keys(value, $"{prefix}{name}.")) yield return key;
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

namespace Attune.Cli.Tests.Mistakes;

/// <summary>A folder with a small recipe, its data and the tiny model, which a test then spoils in one place.</summary>
internal sealed class Workshop : IDisposable
{
    public Workshop()
    {
        Directory.CreateDirectory(PathOf("model"));
        foreach (var file in Directory.GetFiles(Path.Combine(Checkout.Root, "recipes/tiny/model")))
            File.Copy(file, PathOf($"model/{Path.GetFileName(file)}"));
        Write("data.jsonl", Rows(24));
        Write("recipe.yaml", Recipe());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("attune").FullName;

    public static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        i % 2 == 0 ? $"{{\"text\": \"Where is my lamp {i}?\", \"label\": \"delivery\"}}\n" : $"{{\"text\": \"The bill {i} is wrong.\", \"label\": \"billing\"}}\n"));

    /// <summary>A recipe that trains two steps, with further lines at its end.</summary>
    public static string Recipe(string more = "", string method = "method: lora\nlora: {rank: 4}") =>
        $$"""
        name: mistake
        model: model
        {{method}}
        data:
          train: data.jsonl
          prompt: "Delivery or billing?\n\n{text}"
          split: {validation: 4, test: 4}
        max_sequence_length: 64
        batch_size: 8
        epochs: 1
        {{more}}

        """;

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Read(string name) => File.ReadAllText(PathOf(name));

    public Workshop Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return this;
    }

    public AttuneProcess.Result Run(params string[] arguments) => AttuneProcess.Run(arguments, Folder);

    public AttuneProcess.Result Train(params string[] more) => Run(["train", "recipe.yaml", .. more]);

    /// <summary>The run directory that training made.</summary>
    public string TheRun => Assert.Single(Directory.GetDirectories(PathOf("runs"))) is var path ? Path.GetRelativePath(Folder, path) : "";

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

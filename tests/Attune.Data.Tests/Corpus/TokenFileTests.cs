using Attune.Data.Corpus;

namespace Attune.Data.Tests.Corpus;

public sealed class TokenFileTests : IDisposable
{
    private static readonly string[] Texts = ["the cat and the hat", "é<eos>", "the end"];
    private readonly Scratch _scratch = new();

    [Fact]
    public void Documents_come_back_with_an_end_of_text_token_before_and_after_each()
    {
        var tokenizer = WrittenTokens.Tokenizer(270, Texts);
        var (file, summary) = WrittenTokens.Write(_scratch, "t", Texts, tokenizer);
        using (file)
        {
            Assert.Equal((3, summary.Tokens, summary.Hash), (file.Documents, file.Tokens, file.Hash()));
            for (var document = 0; document < 3; document++)
            {
                var ids = file.Read(file.StartOf(document), (int)file.LengthOf(document));
                Assert.Equal((WrittenTokens.Eos, WrittenTokens.Eos), (ids[0], ids[^1]));
                Assert.DoesNotContain(WrittenTokens.Eos, ids[1..^1]); // the one in the text is plain text
                Assert.Equal(Texts[document], tokenizer.Decode(ids.AsSpan(1..^1)));
            }
        }

        Assert.Equal(summary.Tokens * 2, new FileInfo(Path.Combine(_scratch.Folder, "t.tokens")).Length); // 16 bits a token
    }

    [Fact]
    public void Bytes_of_text_are_counted()
    {
        var (file, summary) = WrittenTokens.Write(_scratch, "t", ["abc", "é!"], WrittenTokens.Tokenizer());
        file.Dispose();
        Assert.Equal((2, 10L, 6L), (summary.Documents, summary.Tokens, summary.TextBytes));
    }

    [Fact]
    public void The_file_does_not_depend_on_threads()
    {
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => $"text {i} {new string('x', i % 17)}")];
        foreach (var threads in new[] { 1, 3 }) WrittenTokens.Write(_scratch, $"t{threads}", texts, WrittenTokens.Tokenizer(300, texts), threads).File.Dispose();
        foreach (var ending in new[] { "tokens", "documents" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(_scratch.Folder, $"t1.{ending}")), File.ReadAllBytes(Path.Combine(_scratch.Folder, $"t3.{ending}")));
    }

    [Fact]
    public void Large_vocabularies_take_32_bits()
    {
        Assert.False(TokenFile.IsWide(65_536));
        Assert.True(TokenFile.IsWide(65_537));
        var (ids, path) = (new[] { 70_000, 1, 0 }, Path.Combine(_scratch.Folder, "wide"));
        File.WriteAllBytes($"{path}.tokens", [.. ids.SelectMany(BitConverter.GetBytes)]);
        File.WriteAllBytes($"{path}.documents", BitConverter.GetBytes(3L));
        using var file = TokenFile.Open(path, 70_001);
        Assert.Equal(ids, file.Read(0, 3));
    }

    [Theory]
    [InlineData("t.tokens", true)]
    [InlineData("t.tokens", false)]
    [InlineData("t.documents", true)]
    public void A_damaged_file_is_told(string name, bool isMissing)
    {
        WrittenTokens.Write(_scratch, "t", Texts, WrittenTokens.Tokenizer()).File.Dispose();
        var path = Path.Combine(_scratch.Folder, name);
        if (isMissing) File.Delete(path);
        else File.WriteAllBytes(path, File.ReadAllBytes(path)[..^2]);
        var error = Assert.Throws<AttuneException>(() => TokenFile.Open(Path.Combine(_scratch.Folder, "t"), 257));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}

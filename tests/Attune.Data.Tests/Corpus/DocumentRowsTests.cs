using Attune.Data.Corpus;
using CsCheck;

namespace Attune.Data.Tests.Corpus;

public sealed class DocumentRowsTests : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <summary>Each document has letters of its own, so that every piece tells where it comes from.</summary>
    [Fact]
    public void Every_token_is_in_one_row_in_order_and_pieces_end_where_documents_or_rows_do()
    {
        var number = 0;
        Gen.Select(Gen.Int[1, 40].Array[1, 20], Gen.Int[1, 30], Gen.Int).Sample((lengths, rowTokens, seed) =>
        {
            string[] texts = [.. lengths.Select((length, i) => new string((char)('A' + i), length))];
            var (file, _) = WrittenTokens.Write(_scratch, $"p{Interlocked.Increment(ref number)}", texts, WrittenTokens.Tokenizer());
            using (file)
            {
                var rows = new DocumentRows(file, rowTokens, seed);
                var expected = Enumerable.Range(0, texts.Length).ToDictionary(i => file.Read(file.StartOf(i) + 1, 1)[0], i => file.Read(file.StartOf(i), (int)file.LengthOf(i)));
                Assert.Equal(((file.Tokens - 1) / rowTokens) + 1, rows.Count);

                List<int> open = [];
                for (var row = 0; row < rows.Count; row++)
                {
                    var pieces = rows.Row(row);
                    Assert.Equal(rows.LengthOf(row), pieces.Sum(piece => piece.Length));
                    Assert.Equal(row < rows.Count - 1 ? rowTokens : (int)(file.Tokens - ((long)(rows.Count - 1) * rowTokens)), rows.LengthOf(row));
                    for (var i = 0; i < pieces.Count; i++)
                    {
                        Assert.NotEmpty(pieces[i]);
                        open.AddRange(pieces[i]);
                        if (open.Count == 1 || open[^1] != WrittenTokens.Eos)
                        {
                            Assert.Equal(pieces.Count - 1, i); // it goes on in the next row
                            continue;
                        }

                        Assert.True(expected.Remove(open[1], out var whole), "a document comes twice");
                        Assert.Equal(whole, open);
                        open.Clear();
                    }
                }

                Assert.Empty(open);
                Assert.Empty(expected);
            }
        }, iter: 300);
    }

    [Fact]
    public void The_order_is_the_seeds()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => new string((char)('!' + i), 3))];
        using var file = WrittenTokens.Write(_scratch, "o", texts, WrittenTokens.Tokenizer()).File;
        int[] Order(int seed) => [.. Enumerable.Range(0, 40).SelectMany(row => new DocumentRows(file, 5, seed).Row(row)[0])];
        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));
        Assert.Equal(Order(1).Order(), Order(2).Order());
    }

    [Fact]
    public void Windows_predict_every_token_but_a_documents_first_once()
    {
        var number = 0;
        Gen.Select(Gen.Int[1, 40].Array[1, 6], Gen.Int[2, 20]).Sample((lengths, windowTokens) =>
        {
            string[] texts = [.. lengths.Select((length, i) => string.Concat(Enumerable.Range(0, length).Select(at => (char)('A' + ((i + at) % 50)))))];
            var (file, _) = WrittenTokens.Write(_scratch, $"w{Interlocked.Increment(ref number)}", texts, WrittenTokens.Tokenizer());
            using (file)
            {
                int[][] windows = [.. DocumentWindows.Of(file, windowTokens)];
                Assert.Equal(DocumentWindows.Count(file, windowTokens), windows.Length);
                Assert.All(windows, window => Assert.InRange(window.Length, 1, windowTokens));
                var predicted = windows.SelectMany(window => window[1..]);
                var expected = Enumerable.Range(0, texts.Length).SelectMany(i => file.Read(file.StartOf(i) + 1, (int)file.LengthOf(i) - 1));
                Assert.Equal(expected, predicted);
            }
        }, iter: 200);
    }

    public void Dispose() => _scratch.Dispose();
}

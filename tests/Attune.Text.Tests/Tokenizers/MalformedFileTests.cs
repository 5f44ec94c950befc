using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

/// <summary>Files damaged at random are refused or read, and nothing else.</summary>
public class MalformedFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_tokenizer_json_gives_an_error_of_ours_or_works(int seed) => Damage(seed, 1_500);

    [Fact]
    public void Many_damaged_files()
    {
        Goldens.OnlyInFullRun("a longer run of the same damage");
        for (var seed = 100; seed < 120; seed++) Damage(seed, 3_000);
    }

    private static void Damage(int seed, int times)
    {
        var random = new SeededRandom(seed);
        var sources = new[] { "features/pre_tokenizer.jsonl", "features/normalizer.jsonl", "features/post_processor.jsonl", "features/added_tokens.jsonl" }
            .SelectMany(TokenizerGoldens.Records).Select(record => System.Text.Encoding.UTF8.GetBytes(FeatureTests.Tokenizer(record).ToJsonString())).ToArray();
        var (refused, read) = (0, 0);
        for (var i = 0; i < times; i++)
        {
            var bytes = Damaged(sources[random.Next(sources.Length)], random);
            try
            {
                var tokenizer = TokenizerJson.Parse(bytes, "damaged.json");
                var ids = tokenizer.Encode("Hello, wörld 👍 123 \u0301\n\n  <m> end").Ids;
                tokenizer.Decode(ids);
                read++;
            }
            catch (AttuneException e)
            {
                Assert.Equal(ExitCode.Model, e.Code);
                refused++;
            }
        }

        Assert.True(refused > times / 10 && read > times / 100, $"{refused} refused, {read} read");
    }

    // Characters changed, stretches cut, doubled or moved; half of the time outside of the vocabulary, which is most of the file.
    private static byte[] Damaged(byte[] source, SeededRandom random)
    {
        var bytes = source.ToList();
        var end = random.Next(2) == 0 ? bytes.Count : Math.Max(1, System.Text.Encoding.UTF8.GetString(source).IndexOf("\"vocab\"", StringComparison.Ordinal));
        for (var edits = 1 + random.Next(3); edits > 0; edits--)
        {
            var at = random.Next(Math.Min(end, bytes.Count));
            var length = Math.Min(1 + random.Next(12), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)(32 + random.Next(95));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }

            if (bytes.Count == 0) bytes.Add((byte)'{');
        }

        return [.. bytes];
    }
}

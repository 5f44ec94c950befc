using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data.Batching;
using Attune.Data.Preparation;

namespace Attune.Data.Tests.Batching;

public class BestFitPackingTests
{
    [Theory]
    [InlineData("bfd", false)]
    [InlineData("bfd_split", true)]
    public void Packs_equal_those_of_the_reference(string strategy, bool split)
    {
        var golden = Golden();
        var examples = golden["lengths"]!.Deserialize<int[]>()!.Select((length, row) => Row(Enumerable.Range(1000 * row, length))).ToArray();
        var packs = BestFitPacking.Pack(examples, (int)golden["seq_length"]!, split);
        var expected = golden["strategies"]![strategy]!["bins"]!.AsArray().Select(bin => string.Join(' ', bin!["pieces_row_from_to"]!.AsArray()
            .Select(piece => piece!.Deserialize<int[]>()!).Select(piece => $"{piece[0]}:{piece[1]}-{piece[2]}"))).ToList();
        Assert.True(expected.Count >= 10);
        Assert.Equal(expected, packs.Select(pack => string.Join(' ', pack.Select(piece =>
            $"{piece.TokenIds[0] / 1000}:{piece.TokenIds[0] % 1000}-{(piece.TokenIds[^1] % 1000) + 1}"))));
    }

    [Fact]
    public void Blocks_of_a_thousand_rows_are_packed_apart()
    {
        var golden = Golden()["more_than_1000_rows"]!["bfd"]!;
        var examples = Enumerable.Range(0, 1003).Select(i => Row(Enumerable.Repeat(i, ((i * 37) % 23) + 1))).ToArray();
        var packs = BestFitPacking.Pack(examples, 64, split: false);
        Assert.Equal((int)golden["bins"]!, packs.Count);
        Assert.Equal(golden["first_bin"]!.Deserialize<int[]>(), packs[0].Select(piece => piece.TokenIds[0]));
        Assert.Equal(golden["second_bin"]!.Deserialize<int[]>(), packs[1].Select(piece => piece.TokenIds[0]));
        Assert.Equal(golden["tokens_per_bin"]!.Deserialize<int[]>(), packs.Select(pack => pack.Sum(piece => piece.TokenIds.Length)));
        var last = golden["last_three_bins"]!.AsArray();
        for (var i = 0; i < 3; i++)
            Assert.Equal(last[i]!.Deserialize<int[]>(), packs[packs.Count - 3 + i].Select(piece => piece.TokenIds[0]));
    }

    private static Example Row(IEnumerable<int> ids) => new([.. ids], [.. ids]);

    private static JsonNode Golden() => JsonNode.Parse(File.ReadAllText(Goldens.Path("training/sft_data/packing.json")))!;
}

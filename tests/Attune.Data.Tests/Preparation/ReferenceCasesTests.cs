using System.Text.Json;
using Attune.Data.Batching;
using Attune.Data.Preparation;
using static Attune.Data.Tests.Preparation.ReferenceCases;

namespace Attune.Data.Tests.Preparation;

/// <summary>
/// What TRL makes of the same rows. Left out on purpose: formatting_func and packed_wrapped (not offered); a case that ends
/// in "multiple" is compared before padding, which Attune does not do.
/// </summary>
public class ReferenceCasesTests
{
    [Theory]
    [InlineData("text", 5)]
    [InlineData("text_other_eos", 2)]
    [InlineData("text_padded_to_multiple", 2)]
    [InlineData("prompt_completion", 6)]
    [InlineData("prompt_completion_full_loss", 6)]
    [InlineData("truncate_text", 5)]
    [InlineData("tokenised_completion_mask_on", 2)]
    [InlineData("tokenised_both_masks", 1)]
    [InlineData("tokenised_labels", 2)]
    [InlineData("padding_free", 3)]
    [InlineData("padding_free_multiple", 2)]
    public void Texts_pairs_and_token_rows_equal_the_reference(string name, int rows) => Compare(name, rows);

    [Fact]
    public void A_mask_column_is_always_obeyed() =>
        Assert.Equal(Reference("tokenised_completion_mask_on"), Prepared(Case("tokenised_completion_mask")));

    [Theory]
    [InlineData("packed_bfd", false)]
    [InlineData("packed_bfd_split", true)]
    public void Packs_equal_the_reference(string name, bool split)
    {
        var found = Case(name);
        var maximum = (int)found["settings"]!["max_length"]!;
        var preparer = new RowPreparer(SmolLM2.Tokenizer, null, SmolLM2.Options);
        var packs = BestFitPacking.Pack([.. Rows(found).Select(row => preparer.Prepare(row).Example)], maximum, split);
        Assert.Equal(Reference(name), packs.Select(pack => Line(pack.SelectMany(piece => piece.TokenIds), pack.SelectMany(piece => piece.Labels))));
        var collated = found["collated"]!;
        var batch = MicroBatch.Of([.. packs.SelectMany(pack => pack)]);
        Assert.Equal(collated["input_ids"]![0]!.Deserialize<int[]>(), batch.TokenIds);
        Assert.Equal(collated["labels"]![0]!.Deserialize<int[]>(), batch.Labels);
    }

    [Fact]
    public void Samples_laid_end_to_end_equal_the_reference()
    {
        var found = Case("padding_free");
        var batch = MicroBatch.Of([.. Rows(found).Select(row => Preparer(found).Prepare(row).Example)]);
        Assert.Equal(found["collated"]!["input_ids"]![0]!.Deserialize<int[]>(), batch.TokenIds);
        Assert.Equal(found["collated"]!["labels"]![0]!.Deserialize<int[]>(), batch.Labels);
        Assert.Equal(found["collated"]!["position_ids"]![0]!.Deserialize<int[]>(), batch.Lengths.SelectMany(length => Enumerable.Range(0, length)));
    }
}

using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Preview;
using Attune.Data.Sources;
using Attune.Data.Tests.Preparation;

namespace Attune.Data.Tests.Preview;

public class DataPreviewTests
{
    [Fact]
    public void Rows_are_shown_token_by_token_with_what_carries_loss()
    {
        var preparer = new RowPreparer(SmolLM2.Tokenizer, null, SmolLM2.Options);
        var data = DataPreparation.Prepare(DataPreparationTests.Sets(
            new DataRow(new RowOrigin("f", 1), new PairContent("The sky is", " blue 🫎.")),
            new DataRow(new RowOrigin("f", 2), new PairContent("2 + 2 =", " 4"))), preparer, BadRows.Stop);
        var preview = DataPreview.Of(data, preparer, rows: 1);
        var tokens = Assert.Single(preview.Rows).Tokens;
        Assert.Equal("The sky is blue 🫎.<|im_end|>", string.Concat(tokens.Select(token => token.Text)));
        Assert.Equal(" blue 🫎.<|im_end|>", string.Concat(tokens.Where(token => token.IsLabel).Select(token => token.Text)));
        Assert.Contains(tokens, token => token.Text.Length == 0); // part of the emoji
        var part = Assert.Single(preview.Parts);
        Assert.Equal((2, data.Train.Tokens, data.Train.LabelTokens), (part.Examples, part.Tokens, part.LabelTokens));
        Assert.Equal(part.Tokens, (long)(part.Lengths!.Mean * 2));
        Assert.Null(preview.Spans);
    }
}

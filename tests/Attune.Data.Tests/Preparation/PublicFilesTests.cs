using Attune.Data.Preparation;
using Attune.Data.Preview;
using Attune.Data.Selection;
using Attune.Text.Templates;

namespace Attune.Data.Tests.Preparation;

public class PublicFilesTests
{
    [Theory]
    [InlineData("instruct/alpaca_en_demo.json", null, null)]
    [InlineData("instruct/seed_tasks.jsonl", null, null)]
    [InlineData("sms-spam", "Spam or ham?\n\n{text}", null)]
    [InlineData("instruct/glaive_toolcall_en_demo.json", null, FindingNames.ToolCallsLost)]
    public void Public_files_are_prepared_with_the_models_own_template(string file, string? prompt, string? stops)
    {
        var sets = DataSets.Load(new DataOptions { Train = Goldens.Data(file), Prompt = prompt, Limit = 200 });
        var preparer = new RowPreparer(SmolLM2.Tokenizer, SmolLM2.Format(SmolLM2.OwnTemplate), SmolLM2.Options with { MaxSequenceLength = 512 });
        var data = DataPreparation.Prepare(sets, preparer, BadRows.Stop);
        Assert.Equal(stops is null ? [] : [stops], data.Findings.Where(finding => finding.Stops).Select(finding => finding.Name));
        Assert.Equal(sets.Train.Rows.Count, data.Train.Examples.Count + data.Train.Dropped.Count);
        Assert.True(data.Train.Examples.Count > 150);
        Assert.All(data.Train.Examples, example => Assert.True(example.IsTruncated || example.Labels.Contains(2)));
        Assert.Equal(SpanSource.KnownTemplate, DataPreview.Of(data, preparer).Spans);
    }
}

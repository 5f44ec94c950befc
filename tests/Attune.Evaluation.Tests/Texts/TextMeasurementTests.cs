using System.Text.Json.Nodes;
using Attune.Evaluation.Texts;

namespace Attune.Evaluation.Tests.Texts;

public sealed class TextMeasurementTests
{
    [Fact]
    public void Bits_per_byte_and_perplexity_are_those_of_the_reference()
    {
        var golden = JsonNode.Parse(File.ReadAllText(Goldens.Path("metrics/language_model.json")))!;
        var documents = golden["documents"]!.AsArray();
        TextSample[] samples = [.. documents.Select(one => new TextSample(new int[1 + (int)one!["tokens"]!], (long)one["bytes_utf8"]!, null))];
        var measured = TextMeasurement.Of(samples, [.. documents.Select(one => -(double)one!["loglikelihood"]!)]);
        Assert.Equal((double)golden["corpus"]!["bits_per_byte"]!, measured.BitsPerByte, 1e-9);
        Assert.Equal((double)golden["corpus"]!["token_perplexity"]!, measured.Perplexity, 1e-9);
        Assert.InRange(measured.BitsPerByte, measured.Interval!.Value.Low, measured.Interval.Value.High);
    }

    [Fact]
    public void Documents_of_which_nothing_is_scored_do_not_count()
    {
        TextSample[] samples = [new([5], 0, null), new([5, 6], 4, null)];
        var measured = TextMeasurement.Of(samples, [0, 4 * Math.Log(2)]);
        Assert.Equal((1, 1L, 4L, 1.0), (measured.Documents, measured.Tokens, measured.Bytes, measured.BitsPerByte));
        Assert.Null(measured.Interval);
        Assert.Equal(ExitCode.Data, Assert.Throws<AttuneException>(() => TextMeasurement.Of(samples[..1], [0])).Code);
    }
}

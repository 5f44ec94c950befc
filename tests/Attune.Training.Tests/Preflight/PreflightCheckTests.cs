using Attune.Data.Preparation;
using Attune.Training.Preflight;

namespace Attune.Training.Tests.Preflight;

public class PreflightCheckTests
{
    private static readonly Finding DoubleBos = new(FindingNames.DoubleBos, Stops: true, "BOS twice.", "Take one out.", Rows: 3);

    [Fact]
    public void A_finding_that_stops_names_itself_and_what_to_change()
    {
        var error = Assert.Throws<AttuneException>(() => PreflightCheck.Require([DoubleBos], []));
        Assert.Equal(ExitCode.Preflight, error.Code);
        Assert.Contains("double_bos: BOS twice. (3 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("Take one out.", error.Hint, StringComparison.Ordinal);
        Assert.Contains("--allow double_bos", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_allowed_or_only_a_note_lets_the_run_go_on()
    {
        PreflightCheck.Require([DoubleBos, DoubleBos with { Name = FindingNames.TruncatedRows, Stops = false }], [FindingNames.DoubleBos]);
    }

    [Fact]
    public void A_run_without_any_label_cannot_be_allowed()
    {
        var finding = new Finding(FindingNames.NoLabelLeft, Stops: true, "No label.", "Raise max_sequence_length.");
        Assert.DoesNotContain("--allow", Assert.Throws<AttuneException>(() => PreflightCheck.Require([finding], [])).Hint, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Recipe, Assert.Throws<AttuneException>(() => PreflightCheck.Require([finding], [FindingNames.NoLabelLeft])).Code);
    }

    [Fact]
    public void An_unknown_name_to_allow_is_told()
    {
        Assert.Contains("dubble_bos", Assert.Throws<AttuneException>(() => PreflightCheck.Require([], ["dubble_bos"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_estimate_above_the_machines_memory_stops()
    {
        var estimate = new MemoryEstimate(1, 2, 3, 4_000_000_000, 5);
        Assert.Null(PreflightCheck.OfMemory(estimate, 5_000_000_000));
        Assert.Contains("4.0 GB", PreflightCheck.OfMemory(estimate, 3_000_000_000)!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_checks_says_which_can_be_allowed()
    {
        var page = File.ReadAllLines(Path.Combine(Checkout.Root, "docs/preflight.md"));
        var allowed = page.Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.EndsWith("| yes |", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);
        Assert.Equal(PreflightCheck.Names.Order(), allowed.Order());
    }
}

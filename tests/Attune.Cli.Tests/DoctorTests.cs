namespace Attune.Cli.Tests;

public class DoctorTests
{
    [Fact]
    public void The_doctor_finds_a_torch_library_that_computes()
    {
        var result = AttuneProcess.Run(["doctor"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("ok   torch", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("BAD", result.Output, StringComparison.Ordinal);
    }
}

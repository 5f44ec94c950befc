namespace Attune.Cli.Tests;

public class DoctorTests
{
    private static readonly (string, string)[] WithoutAvx512 = [("DOTNET_EnableAVX512", "0")];

    [Fact]
    public void The_doctor_finds_a_torch_library_that_computes()
    {
        var result = AttuneProcess.Run(["doctor"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("ok   torch", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("BAD", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_AVX512_there_is_no_bf16_kernel_and_the_doctor_says_float32()
    {
        var output = AttuneProcess.Run(["doctor"], environment: WithoutAvx512).Output;
        Assert.Matches("own kernels +float32 [1-9][0-9]*, bfloat16 none GFLOP/s on one thread", output);
        Assert.Matches("compute_type +auto is float32: Attune has no bfloat16 kernel on this machine", output);
    }

    [Fact]
    public void Without_AVX512_a_run_computes_in_float32()
    {
        var result = AttuneProcess.Run(["train", "recipes/tiny/lora.yaml", "--dry-run"], environment: WithoutAvx512);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches("compute_type +float32 +auto", result.Output);
    }
}

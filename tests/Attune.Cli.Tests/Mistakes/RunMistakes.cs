using System.Diagnostics;

namespace Attune.Cli.Tests.Mistakes;

public sealed class RunMistakes : IDisposable
{
    private readonly Workshop _workshop = new();

    [Theory]
    [InlineData("train --resume runs/gone")]
    [InlineData("generate runs/gone --prompt x")]
    [InlineData("chat runs/gone")]
    [InlineData("merge runs/gone --output out")]
    [InlineData("run show runs/gone")]
    public void A_run_that_is_not_there(string line) =>
        Expect.Mistake(_workshop.Run(line.Split(' ')), ExitCode.Run, "runs/gone", "attune run list");

    [Fact]
    public void A_folder_that_is_no_run() => Expect.Mistake(_workshop.Run("generate", "model", "--prompt", "x"), ExitCode.Run, "model", "recipe.yaml");

    [Fact]
    public void A_run_whose_every_checkpoint_is_damaged()
    {
        Assert.Equal(0, _workshop.Train().ExitCode);
        foreach (var file in Directory.GetFiles(_workshop.PathOf(_workshop.TheRun), "adapter_model.safetensors", SearchOption.AllDirectories))
            File.WriteAllBytes(file, [.. File.ReadAllBytes(file), 0]);
        Expect.Mistake(_workshop.Run("generate", _workshop.TheRun, "--prompt", "x"), ExitCode.Run, "checkpoint");
    }

    [Fact]
    public void A_run_whose_model_is_another_one_now()
    {
        Assert.Equal(0, _workshop.Train().ExitCode);
        var config = _workshop.Read("model/config.json").Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1", StringComparison.Ordinal);
        _workshop.Write("model/config.json", config);
        Expect.Mistake(_workshop.Run("generate", _workshop.TheRun, "--prompt", "x"), ExitCode.Model, "layers.1");
    }

    [Fact]
    public void A_merge_into_a_folder_that_holds_files()
    {
        Assert.Equal(0, _workshop.Train().ExitCode);
        Expect.Mistake(_workshop.Run("merge", _workshop.TheRun, "--output", "model"), ExitCode.Usage, "model", "not empty");
    }

    [Fact]
    public void A_run_that_another_process_works_on()
    {
        Assert.Equal(0, _workshop.Train("--set", "max_steps=1", "--set", "warmup_steps=0").ExitCode);
        var run = _workshop.TheRun;
        using var held = Runs.RunLock.Take(_workshop.PathOf(run));
        Expect.Mistake(_workshop.Run("train", "--resume", run), ExitCode.Run, run);
    }

    [Fact]
    public void A_loss_that_is_not_a_number() =>
        Expect.Mistake(
            _workshop.Train("--set", "learning_rate=1e38", "--set", "warmup_steps=0", "--set", "epochs=4", "--set", "data.split.test=0"), ExitCode.Training, "Step", "learning_rate");

    [Fact]
    public void Rows_cut_so_short_that_no_label_is_left() =>
        Expect.Mistake(_workshop.Train("--set", "max_sequence_length=4"), ExitCode.Preflight, "no_label_left", "max_sequence_length");

    [Fact]
    public void Template_tokens_that_the_vocabulary_lacks()
    {
        var template = _workshop.Read("model/chat_template.jinja").Replace("<|im_start|>", "<|turn_of|>", StringComparison.Ordinal);
        Expect.Mistake(_workshop.Write("model/chat_template.jinja", template).Train(), ExitCode.Preflight, "unknown_template_tokens", "<|turn_of|>", "--allow");
    }

    [Fact]
    public void A_template_that_writes_BOS_twice()
    {
        _workshop.Write("model/chat_template.jinja", "{{ bos_token }}" + _workshop.Read("model/chat_template.jinja"));
        Expect.Mistake(_workshop.Train(), ExitCode.Preflight, "double_bos", "--allow double_bos");
    }

    [Fact]
    public void A_folder_in_which_nothing_can_be_made() =>
        Expect.Mistake(_workshop.Train("--set", "output=/proc/attune"), ExitCode.Environment, "/proc/attune");

    [Fact]
    public void An_output_folder_that_is_a_file() =>
        Expect.Mistake(_workshop.Train("--set", "output=data.jsonl"), ExitCode.Environment, "data.jsonl");

    [Fact]
    public void A_disk_that_is_full()
    {
        var disk = Directory.CreateDirectory(_workshop.PathOf("small")).FullName;
        if (Mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", disk) != 0) Assert.Skip("A small disk can only be made by a user who may mount.");
        try
        {
            Expect.Mistake(_workshop.Train("--set", "output=small"), ExitCode.Environment, "small", "free");
        }
        finally
        {
            using var unmount = Process.Start("umount", disk);
            unmount.WaitForExit();
        }
    }

    private static int Mount(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    public void Dispose() => _workshop.Dispose();
}

namespace Attune.Runs.Tests;

public sealed class RunLockTests : IDisposable
{
    private readonly RunFolder _folder = new();

    [Fact]
    public void A_second_holder_is_refused_until_the_first_lets_go()
    {
        using (RunLock.Take(_folder.Run.Path))
        {
            Assert.True(RunLock.IsHeld(_folder.Run.Path));
            var error = Assert.Throws<AttuneException>(() => RunLock.Take(_folder.Run.Path));
            Assert.Equal(ExitCode.Run, error.Code);
            Assert.Equal($"{_folder.Run.Path} is in use by process {Environment.ProcessId} on {Environment.MachineName}.", error.Message);
        }

        Assert.False(RunLock.IsHeld(_folder.Run.Path));
        RunLock.Take(_folder.Run.Path).Dispose();
    }

    [Fact]
    public void A_run_that_was_never_locked_is_not_held() => Assert.False(RunLock.IsHeld(_folder.Run.Path));

    [Fact]
    public void The_lock_holds_between_processes_and_is_free_when_its_process_is_killed()
    {
        using var other = OtherProcess.Start("hold", _folder.Run.Path);
        Assert.True(RunLock.IsHeld(_folder.Run.Path));
        var error = Assert.Throws<AttuneException>(() => RunLock.Take(_folder.Run.Path));
        Assert.StartsWith($"{_folder.Run.Path} is in use by process {other.Id} ", error.Message);

        other.KillAndWait();
        Assert.True(File.Exists(_folder.At("run.lock.json")), "the killed process could not tidy up");
        Assert.False(RunLock.IsHeld(_folder.Run.Path));
        RunLock.Take(_folder.Run.Path).Dispose();
    }

    public void Dispose() => _folder.Dispose();
}

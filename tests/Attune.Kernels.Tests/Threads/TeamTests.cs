using Attune.Kernels.Threads;

namespace Attune.Kernels.Tests.Threads;

public sealed class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_task_is_done_once_however_often_it_is_called(int threads)
    {
        using var team = new Team(threads);
        for (var round = 0; round < 300; round++)
        {
            var counts = new int[round % 40];
            team.Run(counts.Length, (task, worker) =>
            {
                Assert.InRange(worker, 0, threads - 1);
                Interlocked.Increment(ref counts[task]);
            });
            Assert.All(counts, count => Assert.Equal(1, count));
            if (round % 100 == 50) Thread.Sleep(20);   // until the helpers sleep
        }
    }

    /// <summary>More threads than cores, so that helpers come late; a call that has ended never runs a task of the next one's number.</summary>
    [Fact]
    public void Helpers_that_come_late_do_no_harm()
    {
        using var team = new Team(4 * Environment.ProcessorCount);
        for (var round = 0; round < 20_000; round++)
        {
            var (sum, tasks) = (0L, 1 + (round % 3));
            team.Run(tasks + 1, (task, _) => Interlocked.Add(ref sum, (round * 10L) + task));
            Assert.Equal(((tasks + 1) * round * 10L) + (tasks * (tasks + 1) / 2), sum);
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_team_goes_on()
    {
        using var team = new Team(2);
        var thrown = Assert.Throws<AggregateException>(() => team.Run(50, (task, _) =>
        {
            if (task == 7) throw new InvalidOperationException("task 7");
        }));
        Assert.Equal("task 7", thrown.InnerException!.Message);
        var done = 0;
        team.Run(10, (_, _) => Interlocked.Increment(ref done));
        Assert.Equal(10, done);
    }
}

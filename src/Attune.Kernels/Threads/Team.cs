using System.Diagnostics;

namespace Attune.Kernels.Threads;

/// <summary>
/// Threads that work through tasks together. They wait between two calls by spinning for a moment, because a training step
/// makes thousands of calls a few microseconds apart, and sleep after that. Which thread takes which task is open: tasks
/// write to places of their own, so the result never depends on it. A thread that comes when all tasks are taken, because
/// another program has its core, is not waited for.
/// </summary>
public sealed class Team : IDisposable
{
    private const int Spins = 4000;        // about 1.5 ms
    private const long Closed = 1 << 16;   // of the state: nobody may join any more
    private const long NextCall = 1 << 17;
    private const long Helping = Closed - 1;

    private readonly Thread[] _helpers;
    private readonly Lock _calls = new();
    private readonly object _sleep = new();
    private readonly long[] _ticks = new long[Enum.GetValues<KernelKind>().Length];
    private Action<int, int>? _body;
    private Exception? _failure;
    private int _tasks, _next, _sleeping;
    private long _state = Closed;          // call × NextCall | Closed | helpers at work
    private volatile bool _isDisposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many work, the caller's included; at least 1.</param>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _helpers = [.. Enumerable.Range(1, threads - 1).Select(worker => new Thread(() => Help(worker)) { IsBackground = true, Name = $"kernels {worker}" })];
        foreach (var helper in _helpers) helper.Start();
    }

    /// <summary>How many threads work, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Time of all calls of a kind so far, waiting for the last thread included.</summary>
    public TimeSpan TimeOf(KernelKind kind) => Stopwatch.GetElapsedTime(0, _ticks[(int)kind]);

    /// <summary>Does every task and returns when all are done.</summary>
    /// <param name="tasks">How many; they are started in order.</param>
    /// <param name="body">Does a task, given its number and that of the thread, 0 … <see cref="Threads"/> − 1.</param>
    /// <param name="kind">Whose time it is.</param>
    public void Run(int tasks, Action<int, int> body, KernelKind kind = KernelKind.Rows)
    {
        lock (_calls)
        {
            var start = Stopwatch.GetTimestamp();
            (_body, _tasks, _next, _failure) = (body, tasks, 0, null);
            if (tasks > 1 && _helpers.Length > 0) Call();
            Work(0);
            Close();
            _ticks[(int)kind] += Stopwatch.GetTimestamp() - start;
            if (_failure is { } failure) throw new AggregateException(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        lock (_sleep) Monitor.PulseAll(_sleep);
        foreach (var helper in _helpers) helper.Join();
    }

    private void Call()
    {
        Volatile.Write(ref _state, (_state & ~(Closed | Helping)) + NextCall); // nobody is at work: only this thread writes
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 0) return;
        lock (_sleep) Monitor.PulseAll(_sleep);
    }

    /// <summary>Waits for the helpers that joined, and lets no other one in.</summary>
    private void Close()
    {
        for (var spins = 0; ; spins++)
        {
            var state = Volatile.Read(ref _state);
            if ((state & Closed) != 0) return; // there was no call
            if ((state & Helping) == 0 && Interlocked.CompareExchange(ref _state, state | Closed, state) == state) return;
            if (spins < Spins) Thread.SpinWait(8);
            else Thread.Yield();   // a helper lost its core: let it have this one
        }
    }

    private void Work(int worker)
    {
        try
        {
            for (var task = Interlocked.Increment(ref _next) - 1; task < _tasks; task = Interlocked.Increment(ref _next) - 1)
                _body!(task, worker);
        }
        catch (Exception exception)
        {
            _failure = exception;
            Volatile.Write(ref _next, _tasks);
        }
    }

    private void Help(int worker)
    {
        var done = 0L; // the call it was in, or came too late for
        while (true)
        {
            var state = WaitForCall(done);
            if (_isDisposed) return;
            if (Interlocked.CompareExchange(ref _state, state + 1, state) != state) continue; // another one joined, or it was closed
            Work(worker);
            Interlocked.Decrement(ref _state);
            done = state / NextCall;
        }
    }

    /// <summary>Waits for a call after one.</summary>
    /// <returns>The state in which it may be joined.</returns>
    private long WaitForCall(long done)
    {
        for (var spins = 0; spins < Spins; spins++)
        {
            if (IsOpen(out var state)) return state;
            Thread.SpinWait(8);
        }

        lock (_sleep)
        {
            Interlocked.Increment(ref _sleeping);
            long state;
            while (!IsOpen(out state)) Monitor.Wait(_sleep);
            Interlocked.Decrement(ref _sleeping);
            return state;
        }

        bool IsOpen(out long state)
        {
            state = Volatile.Read(ref _state);
            return _isDisposed || ((state & Closed) == 0 && state / NextCall > done);
        }
    }
}

using System.Runtime.CompilerServices;

namespace Attune.Text.Templates.Jinja;

/// <summary>
/// The work one rendering may do: a unit for every node evaluated, item touched and sixteen characters copied. It belongs
/// to the thread that renders, so that comparing, hashing and printing values pay for it too wherever they are called from.
/// </summary>
internal sealed class Budget : IDisposable
{
    private const int CharactersPerUnit = 16;

    [ThreadStatic]
    private static Budget? _current;

    private readonly Budget? _outer = _current;
    private long _left = Limits.Work;

    private Budget()
    {
    }

    /// <summary>Starts a rendering; disposing ends it.</summary>
    public static Budget Begin() => _current = new Budget();

    /// <summary>Pays for some units of work.</summary>
    public static void Charge(long units = 1)
    {
        if (_current is { } budget && (budget._left -= units) < 0)
            throw new JinjaException("OverflowError", $"more than {Limits.Work} steps: an endless loop?");
    }

    /// <summary>Pays for a text of this length and checks that it may exist.</summary>
    public static void ChargeText(long length)
    {
        Limits.CheckText(length);
        Charge(1 + (length / CharactersPerUnit));
    }

    /// <summary>Pays for a collection of this size and checks that it may exist.</summary>
    public static void ChargeItems(long count)
    {
        Limits.CheckItems(count);
        Charge(1 + count);
    }

    /// <summary>Called on the way into anything recursive: throws before the stack ends.</summary>
    public static void Descend()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw JinjaException.Recursion();
        Charge();
    }

    /// <inheritdoc/>
    public void Dispose() => _current = _outer;
}


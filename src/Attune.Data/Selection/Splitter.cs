using Attune.Data.Formats;

namespace Attune.Data.Selection;

/// <summary>Cuts validation and test parts from training rows (<c>data.split</c>), stratified by label.</summary>
public static class Splitter
{
    /// <summary>Three parts that share no row and hold all of them, each in the rows' own order.</summary>
    /// <exception cref="AttuneException">A negative or broken size, or nothing left to train on.</exception>
    public static (IReadOnlyList<DataRow> Train, IReadOnlyList<DataRow> Validation, IReadOnlyList<DataRow> Test) Split(
        IReadOnlyList<DataRow> rows, SplitOptions options)
    {
        var test = Size(options.Test, rows.Count, "test");
        var validation = Size(options.Validation, rows.Count, "validation");
        if (test + validation == 0) return (rows, [], []);
        if ((long)test + validation >= rows.Count)
        {
            throw new AttuneException(
                ExitCode.Data,
                $"data.split takes {validation} validation and {test} test rows of {rows.Count}: none is left to train on.",
                "Make data.split.validation and data.split.test smaller.");
        }

        var order = StratifiedOrder.Of(rows, options.Seed).AsSpan();
        return (
            StratifiedOrder.Pick(rows, order[(test + validation)..]),
            StratifiedOrder.Pick(rows, order[test..(test + validation)]),
            StratifiedOrder.Pick(rows, order[..test]));
    }

    /// <summary>Rows of a part: below 1 a share of all (at least one row unless it is 0), from 1 on a number.</summary>
    private static int Size(double value, int rows, string name)
    {
        if (!(value >= 0) || value > int.MaxValue || (value >= 1 && value != Math.Floor(value)))
        {
            throw new AttuneException(
                ExitCode.Recipe, $"data.split.{name} is {value}; expected a share below 1 or a whole number of rows.");
        }

        return value is 0 or >= 1 ? (int)value : Math.Max(1, (int)Math.Round(value * rows, MidpointRounding.AwayFromZero));
    }
}

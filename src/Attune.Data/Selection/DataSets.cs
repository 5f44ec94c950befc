using Attune.Data.Formats;
using Attune.Data.Sources;

namespace Attune.Data.Selection;

/// <summary>Rows of one part of a run.</summary>
/// <param name="Name"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Rows">Rows in the order of their file.</param>
public sealed record DataPart(string Name, IReadOnlyList<DataRow> Rows)
{
    /// <summary>Rows of each label, by label.</summary>
    public IReadOnlyDictionary<string, int> LabelCounts => new SortedDictionary<string, int>(
        Rows.Where(row => row.Label is not null).CountBy(row => row.Label!).ToDictionary(), StringComparer.Ordinal);
}

/// <summary>What a recipe's data section comes to: training, validation and test rows.</summary>
/// <param name="Train">Training rows, at least one.</param>
/// <param name="Validation">Validation rows; null where none are asked for.</param>
/// <param name="Test">Test rows; null where none are asked for.</param>
/// <param name="Mapping">How the training file's columns were understood.</param>
/// <param name="Labels">The labels of a label task in ordinal order; empty for rows of another format.</param>
/// <param name="Sources">The files and folders read, with the rows each gave.</param>
/// <param name="BadRows">Malformed rows left out (<c>data.bad_rows: skip</c>).</param>
/// <param name="Overlaps">Exact duplicates within and between parts.</param>
public sealed record DataSets(
    DataPart Train,
    DataPart? Validation,
    DataPart? Test,
    RowMapping Mapping,
    IReadOnlyList<string> Labels,
    IReadOnlyList<DataSource> Sources,
    IReadOnlyList<BadRow> BadRows,
    IReadOnlyList<Overlap> Overlaps)
{
    /// <summary>The parts there are: train, validation, test.</summary>
    public IEnumerable<DataPart> Parts => new[] { Train, Validation, Test }.OfType<DataPart>();

    /// <summary>What the training rows are, before any is read into the common form; of several files, those of the first.</summary>
    /// <exception cref="AttuneException">The file cannot be read, or no format fits it.</exception>
    public static RowFormat FormatOf(DataOptions options)
    {
        options = SourcePaths.Resolve(options);
        if (options.Train is not { } pattern) return RowFormat.Classification; // data.label_files
        var table = RowFile.Read(FilePattern.Expand(pattern).First(), options, new BadRowLog(options.BadRows));
        return FormatDetection.Detect(table, options).Format;
    }

    /// <summary>Reads, selects and splits: labels, then split, then limits, so that no limit moves a validation or test row.</summary>
    /// <exception cref="AttuneException">Any mistake in the recipe's data section or the files it names.</exception>
    public static DataSets Load(DataOptions options)
    {
        CheckLimits(options);
        options = SourcePaths.Resolve(options);
        var bad = new BadRowLog(options.BadRows);
        var sources = new List<DataSource>();
        var (mapping, training) = ReadTraining(options, bad, sources);
        var validation = options.Validation is { } v ? Read(RowFile.Read(v, options, bad), "validation", options, mapping, bad, sources).Rows : null;
        var test = options.Test is { } t ? Read(RowFile.Read(t, options, bad), "test", options, mapping, bad, sources).Rows : null;

        var labels = LabelFilter.Choose(training, options.Labels);
        training = LabelFilter.Apply(training, labels, options.Labels);
        var split = Splitter.Split(training, options.Split with
        {
            Validation = validation is null ? options.Split.Validation : 0,
            Test = test is null ? options.Split.Test : 0,
        });
        validation = validation is null ? split.Validation : Kept(validation, "validation");
        test = test is null ? split.Test : Kept(test, "test");

        var seed = options.Split.Seed;
        var parts = new DataSets(
            new DataPart("train", StratifiedOrder.Take(split.Train, options.Limit, seed)),
            validation.Count > 0 ? new DataPart("validation", validation) : null,
            test.Count > 0 ? new DataPart("test", StratifiedOrder.Take(test, options.TestLimit, seed)) : null,
            mapping, mapping.Format == RowFormat.Classification ? labels : [], sources, bad.Rows, []);
        return parts with { Overlaps = Duplicates.Count([.. parts.Parts]) };

        IReadOnlyList<DataRow> Kept(IReadOnlyList<DataRow> rows, string part)
        {
            var kept = LabelFilter.Apply(rows, labels, options.Labels);
            return kept.Count > 0 ? kept : throw new AttuneException(
                ExitCode.Data, $"No {part} row has one of the labels kept by data.labels.", $"They are {string.Join(", ", labels.Take(20))}.");
        }
    }

    private static (RowMapping Mapping, IReadOnlyList<DataRow> Rows) ReadTraining(DataOptions options, BadRowLog bad, List<DataSource> sources)
    {
        if (options.LabelFiles.Count > 0 && options.Train is not null)
            throw new AttuneException(ExitCode.Recipe, "data.train and data.label_files are both set.", "Keep one of them.");
        if (options.LabelFiles.Count > 0) return Read(LabelFiles.Read("data.label_files", options.LabelFiles, bad), "train", options, null, bad, sources);
        if (options.Train is not { } pattern)
            throw new AttuneException(ExitCode.Recipe, "data.train is not set: there is nothing to train on.", "Set it in the recipe, or pass --data FILE.");

        var rows = new List<DataRow>();
        RowMapping? mapping = null;
        foreach (var file in FilePattern.Expand(pattern))
        {
            var read = Read(RowFile.Read(file, options, bad), "train", options, mapping, bad, sources);
            mapping ??= read.Mapping;
            rows.AddRange(read.Rows);
        }

        return (mapping!, rows);
    }

    private static (RowMapping Mapping, IReadOnlyList<DataRow> Rows) Read(
        SourceTable table, string part, DataOptions options, RowMapping? training, BadRowLog bad, List<DataSource> sources)
    {
        var mapping = FormatDetection.Detect(table, options);
        if (training is not null && mapping.Format != training.Format)
        {
            throw new AttuneException(
                ExitCode.Data,
                $"{table.Path} holds rows of format {mapping.Format.Word()}, the training file rows of format {training.Format.Word()}.",
                "Give all files the same columns.");
        }

        var rows = new RowReader(mapping, options, bad).Read(table.Rows);
        if (rows.Count == 0)
        {
            var first = bad.Rows[^table.Rows.Count];
            throw new AttuneException(
                ExitCode.Data, $"{table.Path} holds no usable row: all {table.Rows.Count} are malformed, the first on line {first.Line}: {first.Reason}.");
        }

        sources.Add(new DataSource(part, table.Path, [.. rows.Select(row => row.Origin.File).Distinct()], table.Rows.Count, rows.Count));
        return (mapping, rows);
    }

    private static void CheckLimits(DataOptions options)
    {
        foreach (var (name, limit) in new[] { ("limit", options.Limit), ("test_limit", options.TestLimit) })
        {
            if (limit < 1)
                throw new AttuneException(ExitCode.Recipe, $"data.{name} is {limit}; expected at least 1.", "Take it out to use all rows.");
        }
    }
}

/// <summary>A source that was read.</summary>
/// <param name="Part">What it was read for: train, validation or test.</param>
/// <param name="Path">File or folder as named.</param>
/// <param name="Files">The files in it.</param>
/// <param name="RowsRead">Records found.</param>
/// <param name="RowsUsed">Rows made of them, before labels, split and limits.</param>
public sealed record DataSource(string Part, string Path, IReadOnlyList<string> Files, int RowsRead, int RowsUsed);

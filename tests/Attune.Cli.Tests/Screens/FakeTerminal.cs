using System.Text;
using Spectre.Console;

namespace Attune.Cli.Tests.Screens;

/// <summary>A terminal in memory: the same code paths as a real one, its output as text with escape codes.</summary>
internal sealed class FakeTerminal : IDisposable
{
    private readonly StringWriter _writer = new();

    /// <summary>A terminal so many columns wide.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="ansi">Whether it moves and colours; false is a pipe.</param>
    public FakeTerminal(int width, bool ansi)
    {
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ansi ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = ansi ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new Output(_writer),
        });
        Console.Profile.Width = width;
        Console.Profile.Capabilities.Unicode = true;
    }

    public IAnsiConsole Console { get; }

    /// <summary>What was written since the last call.</summary>
    public string Take()
    {
        var text = _writer.ToString();
        _writer.GetStringBuilder().Clear();
        return text;
    }

    public void Dispose() => _writer.Dispose();

    private sealed class Output(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => 80;

        public int Height => 25;

        public void SetEncoding(Encoding encoding)
        {
            // Text in memory has none.
        }
    }
}

using Attune.Text.Tokenizers.Training;
using Attune.Training.Pretraining;

namespace Attune.Cli.Terminal.Training;

/// <summary>What the documents came to, for programs.</summary>
internal sealed class CorpusEvents(TrainingEvents events) : ICorpusObserver
{
    /// <inheritdoc/>
    public void OnTokenizer(BpeTrainerProgress progress)
    {
        // The end is told.
    }

    /// <inheritdoc/>
    public void OnEncoded(long textBytes)
    {
        // The end is told.
    }

    /// <inheritdoc/>
    public void OnCorpus(CorpusSummary corpus) => events.Write("corpus", corpus);
}

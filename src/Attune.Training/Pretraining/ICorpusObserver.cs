using Attune.Text.Tokenizers.Training;

namespace Attune.Training.Pretraining;

/// <summary>Watches how documents become tokens. Called by one thread at a time.</summary>
public interface ICorpusObserver
{
    /// <summary>While the tokenizer is trained.</summary>
    void OnTokenizer(BpeTrainerProgress progress);

    /// <summary>While documents are encoded.</summary>
    /// <param name="textBytes">Bytes of text done.</param>
    void OnEncoded(long textBytes);

    /// <summary>When all is done.</summary>
    void OnCorpus(CorpusSummary corpus);
}

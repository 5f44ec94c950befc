using Attune.Models.Architectures;
using Attune.Text.Tokenizers;

namespace Attune.Models.Generation;

/// <summary>
/// Lets a model go on from prompts. Prompts of a batch may have any lengths: they are read in one packed pass without
/// padding, then each step gives every unfinished text one token. A text depends on its own prompt and seed alone, as
/// far as the rounding of products of other sizes lets it.
/// </summary>
/// <param name="decoder">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
public sealed class Generator(LlamaDecoder decoder, ITokenizer tokenizer)
{
    /// <summary>Generates a batch to its end.</summary>
    /// <param name="requests">Prompts and how to go on from each.</param>
    /// <param name="onText">Told the new text of a request, by its index, as soon as no stop string can take it back.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>One result a request, in their order.</returns>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Usage"/>: an empty prompt, one longer than the model's context, an option out of range.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<GenerationResult> Generate(
        IReadOnlyList<GenerationRequest> requests, Action<int, string>? onText = null, CancellationToken cancellationToken = default)
    {
        using var batch = new GenerationBatch(decoder, tokenizer, requests);
        while (!batch.IsFinished)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Step(onText);
        }

        return batch.Results;
    }

    /// <summary>Generates one text piece by piece; what is not asked for any more is not computed.</summary>
    /// <param name="request">The prompt and how to go on.</param>
    /// <returns>Pieces of text, never half a character, never part of a stop string.</returns>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: as <see cref="Generate"/>.</exception>
    public IEnumerable<string> Stream(GenerationRequest request)
    {
        using var batch = new GenerationBatch(decoder, tokenizer, [request]);
        var piece = "";
        while (!batch.IsFinished)
        {
            batch.Step((_, text) => piece = text);
            if (piece.Length > 0) yield return piece;
            piece = "";
        }
    }
}

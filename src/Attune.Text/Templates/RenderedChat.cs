namespace Attune.Text.Templates;

/// <summary>A conversation as the model reads it.</summary>
/// <param name="Text">The rendered text; it holds its own BOS, so encode it without special tokens added.</param>
/// <param name="GenerationSpans">
/// What <c>{% generation %}</c> blocks emitted: [start, end) in UTF-16 indices of <paramref name="Text"/>, in order.
/// </param>
public sealed record RenderedChat(string Text, IReadOnlyList<(int Start, int End)> GenerationSpans);

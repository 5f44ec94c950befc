using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>The variable <c>self</c>: the template's blocks by name, each a function that renders it.</summary>
internal sealed class BlockReferences(Evaluator runtime, IReadOnlyDictionary<string, BlockNode> blocks)
{
    public bool TryGet(string name, out object? block)
    {
        block = blocks.TryGetValue(name, out var node) ? new Function(name, _ => runtime.CallBlock(node)) : null;
        return block is not null;
    }
}

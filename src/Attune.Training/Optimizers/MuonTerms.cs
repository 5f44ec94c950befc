using System.Numerics;

namespace Attune.Training.Optimizers;

/// <summary>The passes of a <see cref="Muon"/> update over the elements, before and after the orthogonalization; rounded where torch rounds.</summary>
/// <param name="NewMomentum">1 − μ.</param>
/// <param name="GradientFactor">Gradients are multiplied by this first.</param>
/// <param name="Keep">What weight decay leaves.</param>
/// <param name="Rate">Of the orthogonalized update.</param>
internal readonly record struct MuonTerms(float NewMomentum, float GradientFactor, float Keep, float Rate)
{
    /// <summary>Momentum m, and from it and the gradient what is to be orthogonalized, u.</summary>
    public void Mix(ReadOnlySpan<float> g, Span<float> m, Span<float> u)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= u.Length; i += Vector<float>.Count)
        {
            var gradient = new Vector<float>(g[i..]) * GradientFactor;
            var momentum = new Vector<float>(m[i..]);
            momentum = Vector.FusedMultiplyAdd(gradient - momentum, new Vector<float>(NewMomentum), momentum);
            momentum.CopyTo(m[i..]);
            Vector.FusedMultiplyAdd(gradient - momentum, new Vector<float>(NewMomentum), momentum).CopyTo(u[i..]);
        }

        for (; i < u.Length; i++)
        {
            var gradient = g[i] * GradientFactor;
            m[i] = MathF.FusedMultiplyAdd(gradient - m[i], NewMomentum, m[i]);
            u[i] = MathF.FusedMultiplyAdd(gradient - m[i], NewMomentum, m[i]);
        }
    }

    /// <summary>p ← keep · p − rate · u.</summary>
    public void Apply(Span<float> p, ReadOnlySpan<float> u)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= p.Length; i += Vector<float>.Count)
            ((new Vector<float>(p[i..]) * Keep) - (new Vector<float>(u[i..]) * Rate)).CopyTo(p[i..]);
        for (; i < p.Length; i++) p[i] = (p[i] * Keep) - (u[i] * Rate);
    }
}

using System.Numerics;

namespace Attune.Training.Optimizers;

/// <summary>The arithmetic of one AdamW update: its numbers, rounded to fp32 once, and its one pass over the elements.</summary>
/// <param name="options">Settings.</param>
/// <param name="decay">Weight decay of this tensor.</param>
/// <param name="rate">η.</param>
/// <param name="steps">t, this update included.</param>
/// <param name="gradientFactor">Gradients are multiplied by this first.</param>
internal readonly struct AdamWTerms(AdamWOptions options, double decay, double rate, long steps, float gradientFactor)
{
    private readonly float _keep = (float)(1 - (rate * decay));
    private readonly float _newAverage = (float)(1 - options.Beta1);
    private readonly float _oldSquare = (float)options.Beta2;
    private readonly float _newSquare = (float)(1 - options.Beta2);
    private readonly float _rootCorrection = (float)Math.Sqrt(1 - Math.Pow(options.Beta2, steps));
    private readonly float _rate = (float)(rate / (1 - Math.Pow(options.Beta1, steps)));
    private readonly float _epsilon = (float)options.Epsilon;

    /// <summary>One pass over four arrays of equal length, rounded where torch rounds.</summary>
    public void Apply(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= p.Length; i += Vector<float>.Count)
        {
            var gradient = new Vector<float>(g[i..]) * gradientFactor;
            var average = new Vector<float>(m[i..]);
            average = Vector.FusedMultiplyAdd(gradient - average, new Vector<float>(_newAverage), average);
            var square = Vector.FusedMultiplyAdd(gradient * _newSquare, gradient, new Vector<float>(v[i..]) * _oldSquare);
            var root = (Vector.SquareRoot(square) / _rootCorrection) + new Vector<float>(_epsilon);
            var value = (new Vector<float>(p[i..]) * _keep) - (average * _rate / root);
            average.CopyTo(m[i..]);
            square.CopyTo(v[i..]);
            value.CopyTo(p[i..]);
        }

        for (; i < p.Length; i++)
        {
            var gradient = g[i] * gradientFactor;
            m[i] = MathF.FusedMultiplyAdd(gradient - m[i], _newAverage, m[i]);
            v[i] = MathF.FusedMultiplyAdd(gradient * _newSquare, gradient, v[i] * _oldSquare);
            p[i] = (p[i] * _keep) - (m[i] * _rate / ((MathF.Sqrt(v[i]) / _rootCorrection) + _epsilon));
        }
    }
}

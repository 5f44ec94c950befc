namespace Attune.Kernels.Tests;

/// <summary>Made-up weights.</summary>
internal static class NormalValues
{
    /// <summary>Numbers drawn from N(0, 1): Box and Muller 1958.</summary>
    public static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }
}

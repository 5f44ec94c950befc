using static TorchSharp.torch;

namespace Attune.Models.Tests.Native;

public class TorchLibraryTests
{
    [Fact]
    public void The_placed_library_loads_and_multiplies()
    {
        using var a = tensor(new float[] { 1, 2, 3, 4 }, 2, 2);
        using var product = a.matmul(a);
        Assert.Equal([7f, 10f, 15f, 22f], product.data<float>().ToArray());
    }
}

using System.Runtime.InteropServices;

namespace Attune.Kernels.Products;

/// <summary>Memory for machine code: written first, then executable and no longer writable. Linux.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int Read = 1, Write = 2, Execute = 4;   // PROT_* of sys/mman.h
    private const int Private = 2, Anonymous = 32;        // MAP_*
    private const int Alignment = 64;

    /// <summary>Places functions for the life of the process.</summary>
    /// <returns>Their addresses; null where the system refuses.</returns>
    public static nint[]? Place(IReadOnlyList<byte[]> functions)
    {
        var starts = new int[functions.Count + 1];
        for (var i = 0; i < functions.Count; i++) starts[i + 1] = (starts[i] + functions[i].Length + Alignment - 1) & -Alignment;
        var size = (nuint)starts[^1];
        var memory = Map(null, size, Read | Write, Private | Anonymous, -1, 0);
        if ((nint)memory == -1) return null;
        for (var i = 0; i < functions.Count; i++) functions[i].CopyTo(new Span<byte>(memory + starts[i], functions[i].Length));
        if (Protect(memory, size, Read | Execute) == 0) return [.. starts.SkipLast(1).Select(start => (nint)memory + start)];
        _ = Unmap(memory, size);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}

using System.Runtime.InteropServices;

namespace Attune;

/// <summary>Makes new, renamed and deleted names in a folder survive a power cut.</summary>
public static partial class DurableFolder
{
    /// <summary>
    /// fsync of the folder. Windows writes names through by itself; a file system that knows no such call is left as it is.
    /// </summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, 0); // O_RDONLY
        if (descriptor < 0) return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

using System.IO.MemoryMappedFiles;

namespace Attune.Models.Weights;

/// <summary>A file mapped into memory for reading. Pages are read when touched, so opening a large file costs nothing.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <summary>Maps a file.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not there, or empty.</exception>
    public MappedFile(string path)
    {
        Path = path;
        if (!File.Exists(path)) throw new AttuneException(ExitCode.Model, $"There is no file {path}.");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        Length = stream.Length; // of the open file: FileInfo would give a symbolic link's own length
        if (Length == 0) throw new AttuneException(ExitCode.Model, $"{path} is empty.", "The file was not copied or downloaded completely.");
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>A part of the file; its bounds must have been checked. Valid until disposal.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return new ReadOnlySpan<byte>(_start + offset, count);
    }

    public void Dispose()
    {
        if (_start is null) return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}

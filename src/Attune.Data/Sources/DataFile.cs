using System.IO.Compression;

namespace Attune.Data.Sources;

/// <summary>Opens data files: missing and unreadable ones become clear errors, .gz is unpacked within bounds.</summary>
public static class DataFile
{
    /// <summary>The extension that says what is inside, lower case, without .gz: <c>.jsonl</c>.</summary>
    public static string Extension(string path)
    {
        var name = IsGzip(path) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant();
    }

    /// <summary>The bytes of the file, unpacked.</summary>
    /// <exception cref="AttuneException">It is not there, may not be read, or (while reading) unpacks without end.</exception>
    public static Stream Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new AttuneException(
                ExitCode.Data, $"Data file {path} is not there (looked in {Path.GetDirectoryName(Path.GetFullPath(path))}).", KnownSets.Hint(path));
        }

        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return IsGzip(path) ? new BoundedGzip(file, path) : file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new AttuneException(ExitCode.Data, $"Data file {path} cannot be read: {e.Message}", "Check its permissions.", e);
        }
    }

    private static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Unpacks gzip until it grows beyond what its packed size can justify.</summary>
    private sealed class BoundedGzip(FileStream packed, string path) : Stream
    {
        private readonly GZipStream _inner = new(packed, CompressionMode.Decompress);
        private readonly long _limit = (packed.Length * SourceLimits.GzipRatio) + SourceLimits.GzipFreeBytes;
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int n;
            try
            {
                n = _inner.Read(buffer);
            }
            catch (InvalidDataException e)
            {
                throw new AttuneException(ExitCode.Data, $"{path} is not a whole gzip file: {e.Message}", inner: e);
            }

            _read += n;
            if (_read <= _limit) return n;
            throw new AttuneException(
                ExitCode.Data,
                $"{path} ({packed.Length} bytes) unpacks to more than {_limit} bytes; text does not pack that well.",
                "If the file is right, unpack it yourself and name the unpacked file.");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

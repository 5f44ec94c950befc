using System.Buffers;

namespace Attune.Text.Tokenizers.Decoders;

/// <summary>
/// Reads tokens as stand-ins of bytes, and the bytes as UTF-8; what is no UTF-8 becomes U+FFFD. A token with any other
/// character is taken as it stands.
/// </summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens)
    {
        var length = 0;
        foreach (var token in tokens) length += token.Length * 3; // at most three bytes a UTF-16 unit
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        var count = 0;
        foreach (var token in tokens) count += Write(token, bytes.AsSpan(count));
        var text = System.Text.Encoding.UTF8.GetString(bytes, 0, count);
        ArrayPool<byte>.Shared.Return(bytes);
        return [text];
    }

    private static int Write(string token, Span<byte> bytes)
    {
        for (var i = 0; i < token.Length; i++)
        {
            var value = ByteAlphabet.ToByte(token[i]);
            if (value < 0) return System.Text.Encoding.UTF8.GetBytes(token, bytes);
            bytes[i] = (byte)value;
        }

        return token.Length;
    }
}

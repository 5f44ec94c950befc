using System.Buffers.Binary;

namespace Attune.Kernels.Products;

/// <summary>The few x86-64 instructions that <see cref="BFloat16Code"/> needs (Intel SDM volume 2; EVEX: section 2.7).</summary>
internal sealed class Assembler
{
    public const int Rax = 0, Rcx = 1, Rdx = 2, Rbx = 3, Rbp = 5, Rsi = 6, Rdi = 7, R8 = 8, R9 = 9, R10 = 10, R11 = 11;

    private const int None = -1;
    private const int Map0F = 1, Map0F38 = 2;           // opcode maps
    private const int Plain = 0, With66 = 1, WithF3 = 2; // implied prefixes

    private readonly List<byte> _bytes = [];

    /// <summary>Where the next instruction begins: a target for jumps back.</summary>
    public int Here => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public void Push(int register) => _bytes.Add((byte)(0x50 + register));

    public void Pop(int register) => _bytes.Add((byte)(0x58 + register));

    public void Return() => _bytes.Add(0xC3);

    public void ZeroUpper() => _bytes.AddRange([0xC5, 0xF8, 0x77]);

    /// <summary>target = source.</summary>
    public void Move(int target, int source) => Quad(0x89, source, target);

    /// <summary>target += value.</summary>
    public void Add(int target, int value)
    {
        Quad(0x81, 0, target);
        AddInt(value);
    }

    /// <summary>target −= 1; sets the zero flag.</summary>
    public void Decrement(int target) => Quad(0xFF, 1, target);

    /// <summary>target = [start + offset].</summary>
    public void LoadQuad(int target, int start, int offset) => QuadMemory(0x8B, target, start, offset);

    /// <summary>target += [start + offset].</summary>
    public void AddQuad(int target, int start, int offset) => QuadMemory(0x03, target, start, offset);

    /// <summary>Compares [start + offset] with a byte; sets the zero flag where equal.</summary>
    public void CompareQuad(int start, int offset, byte value)
    {
        QuadMemory(0x83, 7, start, offset);
        _bytes.Add(value);
    }

    /// <summary>target = start + index × scale.</summary>
    public void LoadAddress(int target, int start, int index, int scale)
    {
        _bytes.AddRange([Rex(target, index, start), 0x8D]);
        Operand(target, start, index, scale, 0);
    }

    public void JumpIfNotZero(int target)
    {
        _bytes.AddRange([0x0F, 0x85]);
        AddInt(target - (Here + sizeof(int)));
    }

    /// <summary>A jump forward, to be landed.</summary>
    public int JumpIfZero()
    {
        _bytes.AddRange([0x0F, 0x84]);
        AddInt(0);
        return Here;
    }

    /// <summary>Makes a jump forward end here.</summary>
    public void Land(int jump)
    {
        Span<byte> distance = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(distance, Here - jump);
        for (var i = 0; i < distance.Length; i++) _bytes[jump - sizeof(int) + i] = distance[i];
    }

    /// <summary>VPXORD: all zero.</summary>
    public void Zero(int vector) => Evex(Map0F, With66, 0xEF, vector, vector, vector);

    /// <summary>VMOVUPS from memory.</summary>
    public void LoadVector(int vector, int start, int offset) => EvexMemory(Map0F, Plain, 0x10, vector, 0, start, None, 1, offset);

    /// <summary>VMOVUPS to memory.</summary>
    public void StoreVector(int vector, int start, int offset) => EvexMemory(Map0F, Plain, 0x11, vector, 0, start, None, 1, offset);

    /// <summary>VADDPS from memory.</summary>
    public void AddVector(int vector, int start, int offset) => EvexMemory(Map0F, Plain, 0x58, vector, vector, start, None, 1, offset);

    /// <summary>VPBROADCASTD: 32 bits of memory in every lane.</summary>
    public void Broadcast(int vector, int start, int index = None, int scale = 1) => EvexMemory(Map0F38, With66, 0x58, vector, 0, start, index, scale, 0);

    /// <summary>VPMOVZXWD from memory: 16 words in the lower halves of 16 lanes.</summary>
    public void WidenWords(int vector, int start, int offset, int index = None) => EvexMemory(Map0F38, With66, 0x33, vector, 0, start, index, 1, offset);

    /// <summary>VPSLLD: every lane of the vector itself to the left.</summary>
    public void ShiftLeft(int vector, byte bits)
    {
        const int extension = 6; // of the opcode, in the place of a register
        Evex(Map0F, With66, 0x72, extension, vector, vector);
        _bytes.Add(bits);
    }

    /// <summary>VPORD: vector |= other.</summary>
    public void Or(int vector, int other) => Evex(Map0F, With66, 0xEB, vector, vector, other);

    /// <summary>VDPBF16PS: sums += left's pairs · right's pairs.</summary>
    public void DotPairs(int sums, int left, int right) => Evex(Map0F38, WithF3, 0x52, sums, left, right);

    private static byte Rex(int register, int index, int start) =>
        (byte)(0x48 | ((register >> 3) << 2) | ((Math.Max(index, 0) >> 3) << 1) | (start >> 3));

    private void Quad(byte opcode, int register, int target) =>
        _bytes.AddRange([Rex(register, 0, target), opcode, (byte)(0xC0 | ((register & 7) << 3) | (target & 7))]);

    private void QuadMemory(byte opcode, int register, int start, int offset)
    {
        _bytes.AddRange([Rex(register, 0, start), opcode]);
        Operand(register, start, None, 1, offset);
    }

    // Three registers, 512 bits. The prefix holds the upper bits of their numbers inverted.
    private void Evex(int map, int prefix, byte opcode, int register, int second, int third)
    {
        Prefix(map, prefix, register, second, Inverted(third, 4), Inverted(third, 3));
        _bytes.AddRange([opcode, (byte)(0xC0 | ((register & 7) << 3) | (third & 7))]);
    }

    private void EvexMemory(int map, int prefix, byte opcode, int register, int second, int start, int index, int scale, int offset)
    {
        Prefix(map, prefix, register, second, index == None ? 1 : Inverted(index, 3), Inverted(start, 3));
        _bytes.Add(opcode);
        Operand(register, start, index, scale, offset);
    }

    private void Prefix(int map, int prefix, int register, int second, int x, int b) => _bytes.AddRange([
        0x62,
        (byte)((Inverted(register, 3) << 7) | (x << 6) | (b << 5) | (Inverted(register, 4) << 4) | map),
        (byte)(((~second & 15) << 3) | 4 | prefix),
        (byte)(0x40 | (Inverted(second, 4) << 3))]);

    // Memory [start + index × scale + offset], always with a 32-bit offset.
    private void Operand(int register, int start, int index, int scale, int offset)
    {
        if (index == None)
        {
            _bytes.Add((byte)(0x80 | ((register & 7) << 3) | (start & 7)));
        }
        else
        {
            _bytes.Add((byte)(0x80 | ((register & 7) << 3) | 4));
            _bytes.Add((byte)((int.Log2(scale) << 6) | ((index & 7) << 3) | (start & 7)));
        }

        AddInt(offset);
    }

    private static int Inverted(int number, int bit) => ~(number >> bit) & 1;

    private void AddInt(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }
}

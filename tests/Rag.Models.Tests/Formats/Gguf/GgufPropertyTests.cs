using FsCheck;
using FsCheck.Fluent;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Gguf.Blocks;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Formats.Gguf;

public sealed class GgufPropertyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Types => [.. BlockFormats.Names];

    [Theory]
    [MemberData(nameof(Types))]
    public void Values_of_random_blocks_are_the_same_in_both_byte_orders(string type)
    {
        BlockFormat format = GgufBlocksTests.All(type);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            byte[] little = new byte[6 * format.Bytes];
            new Random(seed).NextBytes(little);
            byte[] big = [.. little];
            format.Reverse(big);
            long[] shape = [2, 3 * format.Values];
            new GgufWriter().AddTensor("t", shape, format.Id, little).Write(_folder.File("little.gguf"));
            new GgufWriter(bigEndian: true).AddTensor("t", shape, format.Id, big).Write(_folder.File("big.gguf"));
            using GgufFile first = GgufFile.Open(_folder.File("little.gguf"));
            using GgufFile second = GgufFile.Open(_folder.File("big.gguf"));
            byte[] stored = new byte[little.Length];
            second.ReadBytes(second.Require("t"), stored);
            Assert.Equal(little, stored);
            Assert.False(first.BigEndian);
            Assert.True(second.BigEndian);
            if (format.Decode is not null)
            {
                GgufBlocksTests.AssertSameBits(first.ReadSingles(first.Require("t")), second.ReadSingles(second.Require("t")));
            }
        }));
    }

    // The fields of ggml's structs: w for words of two bytes, b for bytes.
    [Theory]
    [InlineData("Q4_0", "w1 b16")]
    [InlineData("Q4_1", "w2 b16")]
    [InlineData("Q5_0", "w1 b20")]
    [InlineData("Q5_1", "w2 b20")]
    [InlineData("Q8_0", "w1 b32")]
    [InlineData("Q2_K", "b80 w2")]
    [InlineData("Q3_K", "b108 w1")]
    [InlineData("Q4_K", "w2 b140")]
    [InlineData("Q5_K", "w2 b172")]
    [InlineData("Q6_K", "b208 w1")]
    [InlineData("IQ1_S", "w1 b32 w8")]
    [InlineData("IQ1_M", "b48 w4")]
    [InlineData("IQ2_XXS", "w33")]
    [InlineData("IQ2_XS", "w33 b8")]
    [InlineData("IQ2_S", "w1 b80")]
    [InlineData("IQ3_XXS", "w1 b96")]
    [InlineData("IQ3_S", "w1 b108")]
    [InlineData("IQ4_NL", "w1 b16")]
    [InlineData("IQ4_XS", "w2 b132")]
    [InlineData("TQ1_0", "b52 w1")]
    [InlineData("TQ2_0", "b64 w1")]
    [InlineData("MXFP4", "b17")]
    [InlineData("NVFP4", "b36")]
    [InlineData("Q1_0", "w1 b16")]
    public void Reverse_turns_round_the_words_of_the_struct_and_nothing_else(string type, string layout)
    {
        BlockFormat format = GgufBlocksTests.All(type);
        byte[] block = [.. Enumerable.Range(0, format.Bytes).Select(i => (byte)i)];
        List<byte> expected = [];
        foreach (string field in layout.Split(' '))
        {
            int count = int.Parse(field[1..], System.Globalization.CultureInfo.InvariantCulture);
            for (int i = 0; i < count; i++)
            {
                int at = expected.Count;
                expected.AddRange(field[0] == 'w' ? [block[at + 1], block[at]] : [block[at]]);
            }
        }

        format.Reverse(block);
        Assert.Equal(expected, block);
    }

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    public void Blocks_of_32_written_from_their_numbers_read_as_number_times_scale(string type)
    {
        BlockFormat format = GgufBlocksTests.All(type);
        (int bits, bool least) = type switch { "Q8_0" => (8, false), "Q4_0" => (4, false), "Q4_1" => (4, true), "Q5_0" => (5, false), _ => (5, true) };
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            Half scale = (Half)random.NextSingle();
            Half low = least ? (Half)(random.NextSingle() - 1) : Half.Zero;
            int[] numbers = [.. Enumerable.Range(0, 32).Select(_ => random.Next(1 << bits))];
            int zero = least ? 0 : 1 << (bits - 1);
            float[] values = new float[32];
            format.Decode!(Pack(numbers, bits, scale, least ? low : null), values);
            Assert.Equal(numbers.Select(number => ((number - zero) * (float)scale) + (float)low), values);
        }));
    }

    [Fact]
    public void Metadata_of_every_kind_comes_back_in_both_byte_orders_and_versions()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll(ArbMap.Default.ArbFor<(bool, bool, ulong, double, int)>(), given =>
        {
            (bool big, bool old, ulong whole, double real, int seed) = given;
            Random random = new(seed);
            object[] values =
            [
                (byte)whole, (sbyte)whole, (ushort)whole, (short)whole, (uint)whole, (int)whole, whole, (long)whole, (float)real, real, big,
                new string((char)('ａ' + (seed & 15)), random.Next(300)), new[] { seed, -seed }, new[] { "a", "", "漢" }, new object[] { new[] { 1u, 2u }, new[] { "x" } },
            ];
            GgufWriter writer = new(big, old ? 2u : 3u, alignment: 8 << random.Next(6));
            for (int i = 0; i < values.Length; i++)
            {
                writer.Add($"key.{i}", values[i]);
            }

            float[] tensor = [random.NextSingle(), float.NaN, -0f];
            writer.AddSingles("a", [3], tensor).AddSingles("b", [1, 3, 1], tensor).Write(_folder.File("m.gguf"));
            using GgufFile file = GgufFile.Open(_folder.File("m.gguf"));
            Assert.Equal(old ? 2 : 3, file.Version);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.Equal(values[i], file.Metadata.Value($"key.{i}"));
            }

            GgufBlocksTests.AssertSameBits(tensor, file.ReadSingles(file.Require("a")));
            GgufBlocksTests.AssertSameBits(tensor, file.ReadSingles(file.Require("b")));
        }));
    }

    [Fact]
    public void A_file_with_random_bytes_changed_opens_or_is_refused_and_never_takes_more_memory_than_it_warrants()
    {
        new GgufWriter().Add("general.architecture", "llama").Add("names", new[] { "a", "b" }).Add("counts", new[] { 1L, 2L })
            .AddSingles("t", [4, 8], new float[32]).AddSingles("u", [8], new float[8]).Write(_folder.File("whole.gguf"));
        byte[] whole = File.ReadAllBytes(_folder.File("whole.gguf"));
        string path = _folder.File("changed.gguf");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            byte[] changed = [.. whole];
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                changed[random.Next(whole.Length)] = (byte)(random.Next(3) switch { 0 => 0xFF, 1 => 0x80, _ => random.Next(256) });
            }

            File.WriteAllBytes(path, changed);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? error = Record.Exception(() =>
            {
                using GgufFile file = GgufFile.Open(path);
                foreach (string key in file.Metadata.Keys)
                {
                    _ = file.Metadata.Value(key);
                }

                foreach (GgufTensorInfo tensor in file.Tensors.Where(tensor => tensor.Format.Decode is not null))
                {
                    _ = file.ReadSingles(tensor);
                }
            });
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
            Assert.True(error is null or CorruptException or UnsupportedException, error?.ToString());
        }));
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Pack(int[] numbers, int bits, Half scale, Half? low)
    {
        List<byte> block = [.. BitConverter.GetBytes(scale)];
        if (low is { } least)
        {
            block.AddRange(BitConverter.GetBytes(least));
        }

        if (bits == 8)
        {
            return [.. block, .. numbers.Select(number => (byte)(number - 128))];
        }

        if (bits == 5)
        {
            uint high = 0;
            for (int i = 0; i < 32; i++)
            {
                high |= (uint)(numbers[i] >> 4) << i;
            }

            block.AddRange(BitConverter.GetBytes(high));
        }

        return [.. block, .. Enumerable.Range(0, 16).Select(i => (byte)((numbers[i] & 15) | ((numbers[i + 16] & 15) << 4)))];
    }
}

using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>Elements of all types, with values that numpy, torch and exact fractions gave (<c>Elements/make.py</c>).</summary>
public sealed class ElementTests : IDisposable
{
    private static readonly SafetensorsFile Golden = Safetensors.Read(Repository.PathOf("tests/Nabla.Tests/Formats/Elements/elements.safetensors"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("f16")]
    [InlineData("bf16")]
    [InlineData("e4m3")]
    [InlineData("e5m2")]
    [InlineData("e8m0")]
    [InlineData("i8")]
    [InlineData("i16")]
    [InlineData("u16")]
    [InlineData("u32")]
    [InlineData("u64")]
    [InlineData("c64")]
    [InlineData("bool")]
    public void Every_value_is_widened_exactly(string name)
    {
        Tensor expected = Golden[$"{name}.expected"];
        Assert.Equal(expected.Type, Golden[name].Type);
        if (expected.DataType == DataType.Float32)
        {
            Assert.Equal(expected.ToArray<float>(), Golden[name].ToArray<float>());
            return;
        }

        Assert.Equal(expected.AsBytes().ToArray(), Golden[name].AsBytes().ToArray());
    }

    [Theory]
    [InlineData("round/f16", StoredType.Float16)]
    [InlineData("round/f16-single", StoredType.Float16)]
    [InlineData("round/bf16", StoredType.BFloat16)]
    [InlineData("round/bf16-single", StoredType.BFloat16)]
    [InlineData("round/f32", StoredType.Float32)]
    public void Every_value_is_rounded_to_the_nearest_and_ties_to_even(string name, StoredType type)
    {
        string path = folder.File("rounded");
        Safetensors.Write(path, [new("x", Golden[name])], new SafetensorsOptions { Floats = type });
        using MappedSafetensors written = MappedSafetensors.Open(path);
        Assert.Equal(type, written.StoredTypeOf("x"));
        float[] expected = Golden[$"{name}.expected"].ToArray<float>();
        float[] got = written.Read("x").ToArray<float>();
        Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), got.Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData(StoredType.Float16, 65520.0, "has the value 65520, which float16 cannot hold")]
    [InlineData(StoredType.BFloat16, 3.4e38, "which bfloat16 cannot hold")]
    [InlineData(StoredType.Float32, -1e300, "has the value -1E+300, which float32 cannot hold")]
    public void A_finite_value_never_becomes_an_infinity(StoredType type, double value, string problem)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Safetensors.Write(folder.File("w"), [new("big", Tensor.From(1.0, value))], new SafetensorsOptions { Floats = type }));
        Assert.StartsWith("Tensor 'big' has the value ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.ToString()));
    }

    [Fact]
    public void Infinities_and_what_is_no_number_stay_so()
    {
        Tensor special = Tensor.From(double.PositiveInfinity, double.NegativeInfinity, double.NaN, -0.0);
        foreach (StoredType type in new[] { StoredType.Float16, StoredType.BFloat16, StoredType.Float32 })
        {
            Safetensors.Write(folder.File("w"), [new("x", special)], new SafetensorsOptions { Floats = type });
            float[] read = Safetensors.Read(folder.File("w"))["x"].ToArray<float>();
            Assert.Equal([float.PositiveInfinity, float.NegativeInfinity, float.NaN, -0.0f], read);
        }
    }

    [Theory]
    [InlineData(StoredType.Int8, -128L, 127L, 128L)]
    [InlineData(StoredType.Int16, -32768L, 32767L, -32769L)]
    [InlineData(StoredType.Int32, (long)int.MinValue, (long)int.MaxValue, 1L << 31)]
    [InlineData(StoredType.UInt8, 0L, 255L, 256L)]
    [InlineData(StoredType.UInt16, 0L, 65535L, -1L)]
    [InlineData(StoredType.UInt32, 0L, 4294967295L, 1L << 32)]
    [InlineData(StoredType.UInt64, 0L, long.MaxValue, -1L)]
    public void Integers_are_stored_in_any_width_that_holds_them(StoredType type, long least, long most, long beyond)
    {
        SafetensorsOptions options = new() { Integers = type };
        Safetensors.Write(folder.File("w"), [new("x", Tensor.From(least, most))], options);
        using (MappedSafetensors file = MappedSafetensors.Open(folder.File("w")))
        {
            Assert.Equal(type, file.StoredTypeOf("x"));
            Tensor read = file.Read("x").To(DataType.Int64);
            Assert.Equal([least, most], read.ToArray<long>());
        }

        ArgumentException error = Assert.Throws<ArgumentException>(() => Safetensors.Write(folder.File("w"), [new("x", Tensor.From(beyond))], options));
        Assert.Contains($"has the value {beyond}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Floats_are_not_stored_as_integers_nor_the_other_way_round()
    {
        Assert.Throws<ArgumentException>(() => new SafetensorsOptions { Floats = StoredType.Int8 });
        Assert.Throws<ArgumentException>(() => new SafetensorsOptions { Integers = StoredType.Float16 });
        Assert.Throws<ArgumentException>(() => new SafetensorsOptions { Floats = StoredType.Float8E4M3 });
    }
}

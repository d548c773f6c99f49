using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Tests.Backends.Cpu.Gemm;

public sealed class LanesTests
{
    [Fact]
    public void Unset_is_the_best_of_the_machine()
    {
        foreach (LaneWidth best in Enum.GetValues<LaneWidth>())
        {
            Assert.Equal(best, Lanes.Parse(null, best));
            Assert.Equal(best, Lanes.Parse(string.Empty, best));
        }
    }

    [Theory]
    [InlineData("portable", LaneWidth.Bits128)]
    [InlineData("avx2", LaneWidth.Bits256)]
    [InlineData("avx512", LaneWidth.Bits512)]
    internal void A_name_chooses_what_the_machine_has(string name, LaneWidth expected)
    {
        Assert.Equal(expected, Lanes.Parse(name, LaneWidth.Bits512));
        Assert.Equal(name, Lanes.NameOf(expected));
    }

    [Theory]
    [InlineData("avx512", LaneWidth.Bits256, "NABLA_ISA asks for avx512, but the best that this machine has is avx2.")]
    [InlineData("avx2", LaneWidth.Bits128, "NABLA_ISA asks for avx2, but the best that this machine has is portable.")]
    internal void What_the_machine_lacks_is_an_error(string name, LaneWidth best, string message) =>
        Assert.Equal(message, Assert.Throws<PlatformNotSupportedException>(() => Lanes.Parse(name, best)).Message);

    [Fact]
    public void An_unknown_name_is_an_error_that_lists_what_exists()
    {
        string message = Assert.Throws<FormatException>(() => Lanes.Parse("sse9", LaneWidth.Bits512)).Message;
        Assert.Equal("NABLA_ISA is 'sse9', but it must be avx512, avx2 or portable; unset, it is the best that the machine has.", message);
    }

    [Fact]
    public void Kernels_use_what_the_environment_asks_for() =>
        Assert.Equal(Environment.GetEnvironmentVariable("NABLA_ISA") is { Length: > 0 } name ? name : Lanes.NameOf(Lanes.Best), InstructionSet.Name);
}

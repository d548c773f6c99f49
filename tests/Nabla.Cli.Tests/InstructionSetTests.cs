using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>
/// What holds on every instruction set. <c>NABLA_ISA</c> chooses the tiles of products; the runtime's own switches also narrow the vectors of
/// everything else, as a machine does that lacks them.
/// </summary>
public sealed class InstructionSetTests
{
    private const string NoAvx512 = "DOTNET_EnableAVX512=0";
    private const string NoVectors = "DOTNET_EnableHWIntrinsic=0";

    [Fact]
    public void Exact_runs_write_the_same_bits_on_all_instruction_sets_and_threads_compiled_or_not()
    {
        using TemporaryFolder folder = new();
        using SmallMnist mnist = new(training: 60, test: 20);
        string expected = Train("widest", "--threads", "2");
        string[] sets = [.. Sets()];
        Assert.All(sets, set => Assert.Equal((set, expected), (set, Train(set.Replace(" ", "-", StringComparison.Ordinal), set.Split(' ')))));

        string Train(string run, params string[] options)
        {
            string[] words = ["train", "digits", "--data", mnist.Folder, "--epochs", "1", "--batch", "16", "--out", folder.File(run)];
            string[] environment = ["NABLA_EXACT=1", "NABLA_ISA=", .. options.Where(option => option.Contains('='))];
            (int exitCode, _, string error) = CommandLine.RunWith(environment, [.. words, .. options.Where(option => !option.Contains('='))]);
            Assert.Equal((0, ""), (exitCode, error));
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder.File($"{run}/model/weights.safetensors"))));
        }
    }

    [Theory]
    [InlineData("NABLA_ISA=sse9", "nabla: NABLA_ISA is 'sse9', but it must be avx512, avx2 or portable; unset, it is the best that the machine has.\n")]
    [InlineData("NABLA_ISA=avx2", "nabla: NABLA_ISA asks for avx2, but the best that this machine has is portable.\n")]
    public void An_instruction_set_that_is_not_there_is_one_line_and_an_exit_code(string variable, string message) =>
        Assert.Equal((1, "", message), CommandLine.RunWith([variable, NoVectors], "inspect", "model"));

    private static IEnumerable<string> Sets()
    {
        string[] portable = ["NABLA_ISA=portable", $"NABLA_ISA=portable {NoVectors}"];
        string[] narrow = ["NABLA_ISA=avx2", $"NABLA_ISA=avx2 {NoAvx512}"];
        string[] wide = ["NABLA_ISA=avx512"];
        return from set in portable.Concat(Fma.IsSupported ? narrow : []).Concat(Vector512.IsHardwareAccelerated ? wide : [])
               from rest in set.Contains(NoVectors, StringComparison.Ordinal)
                   ? new[] { "--threads 2" }
                   : ["--threads 1", "--threads 2 --eager"]
               select $"{set} {rest}";
    }
}

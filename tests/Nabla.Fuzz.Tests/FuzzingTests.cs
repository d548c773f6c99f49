using System.Globalization;
using CsCheck;
using Nabla.Tests;

namespace Nabla.Fuzz.Tests;

/// <summary>Every format stands files that are spoilt: they are read, or refused by one typed error, in bounded memory, and reading ends.</summary>
public sealed class FuzzingTests
{
    private const string IterationsVariable = "NABLA_FUZZ_ITERATIONS";

    // A guard against a reader that never ends, far above what any of these small files takes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly int Iterations =
        int.TryParse(Environment.GetEnvironmentVariable(IterationsVariable), CultureInfo.InvariantCulture, out int count) ? count : 400;

    public static TheoryData<string> Names { get; } = [.. FuzzedFormats.All.Select(format => format.Name)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Folder { get; } = Repository.PathOf("fuzz/corpus");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_spoilt_file_is_read_or_refused(string name)
    {
        FuzzedFormat format = FuzzedFormats.Named(name);
        byte[][] seeds = [.. Corpus.FilesOf(Folder, format).Select(File.ReadAllBytes)];
        Assert.NotEmpty(seeds);
        using FuzzedFolder folder = new(format, Folder);
        byte[] last = [];
        Task fuzzing = Task.Run(() => Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, seeds.Length - 1], Mutation.Any.Array[1, 5]).Sample(
            (seed, other, mutations) => folder.Read(last = mutations.Aggregate(seeds[seed], (file, mutation) => mutation.Apply(file, seeds[other]))),
            iter: Iterations,
            threads: 1), Stop);
        await Ended(fuzzing, () => last);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_corpus_is_read_or_refused_and_has_a_good_file(string name)
    {
        FuzzedFormat format = FuzzedFormats.Named(name);
        using FuzzedFolder folder = new(format, Folder);
        byte[] last = [];
        Task<Exception?[]> reading = Task.Run(() =>
            Corpus.FilesOf(Folder, format).Select(file => folder.Read(last = File.ReadAllBytes(file))).ToArray(), Stop);
        await Ended(reading, () => last);
        Assert.Contains(null, await reading);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_good_file_cut_anywhere_is_read_or_refused(string name)
    {
        FuzzedFormat format = FuzzedFormats.Named(name);
        byte[] seed = Corpus.FilesOf(Folder, format).Select(File.ReadAllBytes).MinBy(file => file.Length)!;
        using FuzzedFolder folder = new(format, Folder);
        byte[] last = [];
        Task cutting = Task.Run(() =>
        {
            for (int length = 0; length < seed.Length; length++)
            {
                folder.Read(last = seed[..length]);
            }
        }, Stop);
        await Ended(cutting, () => last);
    }

    private static async Task Ended(Task work, Func<byte[]> input)
    {
        if (await Task.WhenAny(work, Task.Delay(Patience, Stop)) != work)
        {
            Assert.Fail($"Reading did not end; the file in base 64: {Convert.ToBase64String(input())}");
        }

        try
        {
            await work;
        }
        catch (Exception error) when (error is CsCheckException or UnexpectedOutcomeException)
        {
            byte[] file = (error as UnexpectedOutcomeException ?? error.InnerException as UnexpectedOutcomeException)?.Content ?? input();
            Assert.Fail($"{error.Message}\n{error.InnerException}\nThe file in base 64: {Convert.ToBase64String(file)}");
        }
    }
}

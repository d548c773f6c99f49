// The targets of the fuzzers (docs/fuzzing.md):
//   --list                  the names of the formats
//   --replay CORPUS         reads every file of a corpus; 1 when one did anything but be read or be refused
//   --afl NAME              a target for afl-fuzz
//   --libfuzzer NAME        a target for libfuzzer-dotnet
//   --seeds CORPUS          writes the seeds of the formats that only this library writes
using Nabla.Fuzz;
using SharpFuzz;

switch (args)
{
    case ["--list"]:
        Console.WriteLine(string.Join(Environment.NewLine, FuzzedFormats.All.Select(format => format.Name)));
        return 0;
    case ["--replay", string corpus]:
        return Corpus.Replay(corpus, Console.Out) ? 0 : 1;
    case ["--seeds", string corpus]:
        Seeds.Write(corpus);
        return 0;
    case ["--afl", string name]:
        using (FuzzedFolder folder = new(FuzzedFormats.Named(name), CorpusBeside()))
        {
            Fuzzer.OutOfProcess.Run(stream =>
            {
                using MemoryStream content = new();
                stream.CopyTo(content);
                folder.Read(content.ToArray());
            });
        }

        return 0;
    case ["--libfuzzer", string name]:
        using (FuzzedFolder folder = new(FuzzedFormats.Named(name), CorpusBeside()))
        {
            Fuzzer.LibFuzzer.Run(content => folder.Read(content.ToArray()));
        }

        return 0;
    default:
        Console.Error.WriteLine("usage: Nabla.Fuzz --list | --replay CORPUS | --afl NAME | --libfuzzer NAME | --seeds CORPUS");
        return 2;
}

// What lies beside the files of a format comes from the corpus of the place where the fuzzer was started.
static string CorpusBeside() => Path.Combine(Directory.GetCurrentDirectory(), "fuzz", "corpus");

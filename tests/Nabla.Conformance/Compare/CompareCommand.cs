using System.CommandLine;
using TorchSharp;

namespace Nabla.Conformance.Compare;

/// <summary><c>compare</c>: computes random cases by Nabla and by libtorch, forward and backward, and reports where they differ.</summary>
internal static class CompareCommand
{
    private const double Tolerance = 1e-10;

    public static Command Create()
    {
        Option<int> count = new("--count") { Description = "How many cases.", HelpName = "N", DefaultValueFactory = _ => 500 };
        Option<int> seed = new("--seed") { Description = "What decides the cases.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Command command = new("compare", "Compares random cases in float64: convolutions, pooling, products, reductions, softmax.") { count, seed };
        command.SetAction(result => Run(result.GetValue(count), result.GetValue(seed)));
        return command;
    }

    private static int Run(int count, int seed)
    {
        int wrong = 0;
        for (int index = 0; index < count; index++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            RandomCase one = RandomCases.Draw(new Random(unchecked((seed * 1_000_003) + index)));
            if (one.Difference(Tolerance) is { } difference)
            {
                Console.Error.WriteLine($"{one.Name}: {difference}");
                wrong++;
            }
        }

        Console.WriteLine($"{count - wrong} of {count} random cases agree (seed {seed})");
        return wrong == 0 ? 0 : 1;
    }
}

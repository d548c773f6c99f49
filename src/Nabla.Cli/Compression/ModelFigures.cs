using System.Diagnostics;
using Nabla.Cli.Files;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Optimizers;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Cli.Compression;

/// <summary>What a model costs and how good it is, measured on this machine.</summary>
/// <param name="Scores">How good it is on the samples that judge.</param>
/// <param name="Answers">Its answers to them; null where answers are numbers.</param>
/// <param name="Parameters">Its numbers.</param>
/// <param name="Bytes">Its size on disk.</param>
/// <param name="MultiplyAdds">The multiply-adds of one answer.</param>
/// <param name="Latency">The median time of one answer, in microseconds.</param>
/// <param name="Throughput">The answers in a second, in batches of 64.</param>
internal sealed record ModelFigures(
    Scores Scores, IReadOnlyList<int>? Answers, long Parameters, long Bytes, long MultiplyAdds, double Latency, double Throughput)
{
    private const int Batch = 64;
    private const int FewestCalls = 20;
    private const int MostStretches = 8;
    private const double NoFaster = 0.95;
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(0.3);

    /// <summary>Judges and measures a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="test">The samples that judge.</param>
    public static ModelFigures Of(SavedModel model, Dataset<Sample> test)
    {
        Question question = Question.Of(model);
        Trainer judge = new(model.Network, question.CreateLoss(), new Sgd(), question.CreateMetrics());
        return new(
            judge.Evaluate(test),
            AnswersOf(model.Task, judge, test),
            model.Network.ParameterCount,
            SizeOnDisk(model),
            model.Network.Summary().MultiplyAdds,
            MedianSeconds(model, 1) * 1e6,
            Batch / MedianSeconds(model, Batch));
    }

    /// <summary>The share of the samples on which both models answer the same; null where answers are numbers.</summary>
    public double? AgreementWith(ModelFigures other) => Answers is null || other.Answers is null
        ? null
        : Answers.Zip(other.Answers).Average(pair => pair.First == pair.Second ? 1.0 : 0.0);

    private static int[]? AnswersOf(PredictionTask task, Trainer judge, Dataset<Sample> test) =>
        task is PredictionTask.Classification or PredictionTask.LanguageModel
            ? [.. judge.PredictBatches(test).SelectMany(pair => pair.Outputs.ArgMax(-1).To(DataType.Int32).ToArray<int>())]
            : null;

    private static long SizeOnDisk(SavedModel model)
    {
        string folder = Directory.CreateTempSubdirectory("nabla-").FullName;
        try
        {
            string path = Path.Combine(folder, "model");
            ModelFolder.Save(path, model);
            return Directory.EnumerateFiles(path).Sum(file => new FileInfo(file).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double MedianSeconds(SavedModel model, int batch)
    {
        Tensor input = ExampleInput.Of(model, batch);
        Func<Tensor, Tensor> answer = Compilation.Compile(model.Network.Forward);
        WarmUp(() => answer(input));
        return Median(Calls(() => answer(input), Duration));
    }

    // Code becomes faster while it runs: until one stretch is no faster than the one before, a time tells more of the compiler than of the network.
    private static void WarmUp(Action call)
    {
        double before = double.PositiveInfinity;
        for (int stretch = 0; stretch < MostStretches; stretch++)
        {
            double now = Median(Calls(call, Stretch));
            if (now > before * NoFaster)
            {
                return;
            }

            before = now;
        }
    }

    private static double Median(List<double> seconds)
    {
        seconds.Sort();
        return seconds[seconds.Count / 2];
    }

    private static List<double> Calls(Action call, TimeSpan duration)
    {
        List<double> seconds = [];
        for (long start = Stopwatch.GetTimestamp(); seconds.Count < FewestCalls || Stopwatch.GetElapsedTime(start) < duration;)
        {
            long begin = Stopwatch.GetTimestamp();
            call();
            seconds.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return seconds;
    }
}

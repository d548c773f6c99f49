using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Reports;
using Nabla.Cli.Retraining;
using Nabla.Formats;
using Nabla.Serving.Repository;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla retrain MODEL --data PATH --out DIR</c>.</summary>
internal static class RetrainCommand
{
    private const double UsualRate = 0.0003;
    private const double UsualShare = 0.1;

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string> data = CommonOptions.TuningData();
        Option<string?> with = new("--with") { Description = "Older data that is learnt from too, so that nothing is forgotten.", HelpName = "PATH" };
        Option<string?> holdOut = new("--hold-out") { Description = "What judges both models; neither may have learnt from it. By default a tenth of the new data.", HelpName = "PATH" };
        Option<string> output = new("--out")
        {
            Description = "A repository with a folder of the model's name, or that folder, for the next version; or else a new folder for the model.",
            Required = true,
            HelpName = "DIR",
        };
        Option<double?> minGain = Part("--min-gain", "How much better the new model has to be, such as 0.01; 0 by default, where any gain will do.");
        Option<int> epochs = CommonOptions.Positive("--epochs", 5, "How often all samples are learnt from.");
        Option<int> batch = CommonOptions.Positive("--batch", 32, "The samples of a step.");
        Option<double?> rate = new("--lr")
        {
            Description = $"The learning rate; {UsualRate.ToString(CultureInfo.InvariantCulture)} by default.",
            HelpName = "X",
            CustomParser = OptionValues.Rate,
        };
        Option<string?> server = new("--server") { Description = "A server of the repository, which is asked to give the new version a part of the traffic; NABLA_API_KEY is its key.", HelpName = "URL" };
        Option<double?> share = Part("--canary-share", $"That part; {UsualShare.ToString(CultureInfo.InvariantCulture)} by default.");
        Option<long> seed = CommonOptions.Seed("Decides the split and the order.");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("retrain", "Lets a model go on learning from new data, and keeps the result if it is better.")
        {
            model, data, with, holdOut, output, minGain, epochs, batch, rate, server, share, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            RetrainSettings settings = new(
                result.GetValue(data)!, result.GetValue(with), result.GetValue(holdOut), result.GetValue(minGain) ?? 0, result.GetValue(epochs),
                result.GetValue(batch), result.GetValue(rate) ?? UsualRate, result.GetValue(seed));
            string folder = result.GetValue(output)!;
            string? address = result.GetValue(server);
            double canaryShare = result.GetValue(share) ?? UsualShare;
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            return Task.Run(() => RunAsync(terminal, saved, folder, settings, address, canaryShare, result.GetValue(json), cancellationToken), cancellationToken);
        });
        return command;
    }

    private static async Task RunAsync(
        Terminal terminal, SavedModel model, string folder, RetrainSettings settings, string? server, double share, bool json, CancellationToken cancellationToken)
    {
        (int? version, string path) = Target(folder, model.Name);
        if (server is not null && version is null)
        {
            throw new UsageException($"--server expects a repository in --out, but {folder} has no folder '{model.Name}' with versions.");
        }

        RetrainRun retraining = new(model, RetrainData.Load(model, settings, cancellationToken), settings);
        RetrainOutcome outcome = retraining.Run(json ? [] : [new LambdaCallback { EpochEnd = (_, epoch) => Print(terminal, settings.Epochs, epoch) }], cancellationToken);
        if (!outcome.IsAccepted)
        {
            RetrainReport.Print(terminal, outcome, path: null, version: null, stable: null, json);
            return;
        }

        using CanaryOffer? offer = server is null ? null : new CanaryOffer(server, NameOf(path));
        int? stable = offer is null ? null : await offer.HoldAsync(cancellationToken).ConfigureAwait(false);
        VersionPublisher.Publish(path, retraining.Describe(outcome));
        if (offer is not null)
        {
            await offer.OfferAsync(stable!.Value, version!.Value, share, cancellationToken).ConfigureAwait(false);
        }

        RetrainReport.Print(terminal, outcome, path, version, stable, json);
    }

    // A server knows a model by the folder of its versions.
    private static string NameOf(string path) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!;

    private static (int? Version, string Path) Target(string folder, string name) =>
        VersionPublisher.Next(folder, name) is (int version, string path) ? (version, path) : (null, folder);

    private static Option<double?> Part(string name, string description) => new(name) { Description = description, HelpName = "X", CustomParser = OptionValues.Share };

    private static void Print(Terminal terminal, int epochs, EpochResult result) => terminal.Output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"epoch {result.Epoch}/{epochs}  {ScoreText.ShortLine(result.Train)}  {result.Seconds:F1} s"));
}

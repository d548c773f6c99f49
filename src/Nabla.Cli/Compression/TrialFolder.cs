using System.Globalization;
using System.Security.Cryptography;
using Nabla.Formats;

namespace Nabla.Cli.Compression;

/// <summary>
/// Where a search keeps what it has trained: a model folder for each change, whose record says what it was made from, so that none of another search is
/// taken for it.
/// </summary>
internal sealed class TrialFolder(string folder, SavedModel model, string data, CompressSettings settings)
{
    private const string Recipe = "compress";
    private const string OriginField = "origin";

    private readonly string origin = Origin(model, data, settings);

    /// <summary>What was trained for a change; null where there is nothing, or something else.</summary>
    public SavedModel? Find(string name)
    {
        string path = PathOf(name);
        if (!Directory.Exists(path))
        {
            return null;
        }

        SavedModel found = ModelFolder.Load(path);
        return found.Training is { Recipe: Recipe } record && record.Settings.GetValueOrDefault(OriginField) == origin ? found : null;
    }

    /// <summary>Keeps what was trained for a change.</summary>
    public SavedModel Keep(string name, SavedModel trained)
    {
        SavedModel kept = trained with
        {
            Training = new TrainingRecord
            {
                Recipe = Recipe,
                Data = data,
                Seed = settings.Training.Seed,
                Epochs = settings.Training.Epochs,
                Settings = new Dictionary<string, string> { ["change"] = name, [OriginField] = origin },
            },
        };
        ModelFolder.Save(PathOf(name), kept);
        return kept;
    }

    private static string Origin(SavedModel model, string data, CompressSettings settings)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor weight in model.Network.State().Values)
        {
            hash.AppendData(weight.AsBytes());
        }

        FurtherTraining training = settings.Training;
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Path.GetFullPath(data)} {settings.Tunes} {training.Epochs} {training.Batch} {training.LearningRate:R} {training.Seed}")));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private string PathOf(string name) => Path.Combine(folder, string.Concat(name.Where(letter => char.IsLetterOrDigit(letter) || letter is '.').Select(char.ToLowerInvariant)));
}

namespace Nabla.Text.Stories;

/// <summary>People who walk between rooms, take things and leave them. A thing is touched only by people of whom it was told where they are.</summary>
internal sealed class StoryWorld(Draws draws)
{
    private static readonly string[] People = ["Mary", "John", "Daniel", "Sandra"];
    private static readonly string[] Rooms = ["kitchen", "bathroom", "bedroom", "hallway", "garden", "office"];
    private static readonly string[] AllThings = ["football", "apple", "milk"];
    private static readonly string[] Goes = ["went to", "moved to", "journeyed to", "travelled to", "went back to"];
    private static readonly string[] Takes = ["took", "got", "grabbed", "picked up"];
    private static readonly string[] Leaves = ["dropped", "left", "discarded", "put down"];

    private readonly Dictionary<string, string> places = [];
    private readonly Dictionary<string, string> owners = [];
    private readonly Dictionary<string, List<string>> ways = [];
    private readonly Dictionary<string, string> hidden = AllThings.ToDictionary(thing => thing, _ => draws.Of(Rooms));

    /// <summary>The people of whom it was told where they are.</summary>
    public IReadOnlyList<string> Seen => [.. People.Where(places.ContainsKey)];

    /// <summary>The things of which it can be told where they are.</summary>
    public IEnumerable<string> KnownThings => AllThings.Where(ways.ContainsKey);

    public string PlaceOf(string person) => places[person];

    /// <summary>The rooms that a thing has been in since it was first touched, in order.</summary>
    public IReadOnlyList<string> WayOf(string thing) => ways[thing];

    /// <summary>Somebody walks.</summary>
    public string Walk()
    {
        string person = draws.Of(People);
        string room = draws.Of([.. Rooms.Where(room => room != places.GetValueOrDefault(person))]);
        places[person] = room;
        foreach (string thing in AllThings.Where(thing => owners.GetValueOrDefault(thing) == person))
        {
            ways[thing].Add(room);
        }

        return $"{person} {draws.Of(Goes)} the {room}.";
    }

    /// <summary>Somebody walks, takes a thing or leaves one; the last two as often as walking, where they can be done.</summary>
    public string Act()
    {
        string[] takes = [.. AllThings.Where(thing => !owners.ContainsKey(thing) && Seen.Any(person => places[person] == RoomOf(thing)))];
        bool acts = draws.Below(2) == 0;
        if (acts && takes.Length > 0 && (owners.Count == 0 || draws.Below(2) == 0))
        {
            return Take(draws.Of(takes));
        }

        return acts && owners.Count > 0 ? Leave(draws.Of([.. owners.Keys.Order(StringComparer.Ordinal)])) : Walk();
    }

    private string RoomOf(string thing) => ways.TryGetValue(thing, out List<string>? way) ? way[^1] : hidden[thing];

    private string Take(string thing)
    {
        string person = draws.Of([.. Seen.Where(person => places[person] == RoomOf(thing))]);
        ways.TryAdd(thing, [places[person]]);
        owners[thing] = person;
        return $"{person} {draws.Of(Takes)} the {thing}.";
    }

    private string Leave(string thing)
    {
        string person = owners[thing];
        owners.Remove(thing);
        return $"{person} {draws.Of(Leaves)} the {thing}.";
    }
}
